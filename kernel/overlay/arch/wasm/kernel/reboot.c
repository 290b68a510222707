// SPDX-License-Identifier: GPL-2.0-only
/* reboot.c: the ways in which the machine ends. */
#include <linux/init.h>
#include <linux/panic_notifier.h>
#include <linux/notifier.h>
#include <linux/pm.h>
#include <linux/reboot.h>
#include <linux/smp.h>

#include <asm/host.h>

void machine_power_off(void)
{
	wasm_ext_machine_end(WASM_END_POWEROFF);
}

void (*pm_power_off)(void) = machine_power_off;
EXPORT_SYMBOL(pm_power_off);

void machine_halt(void)
{
	wasm_ext_machine_end(WASM_END_HALT);
}

void machine_restart(char *cmd)
{
	wasm_ext_machine_end(WASM_END_RESTART);
}

static int panic_event(struct notifier_block *self, unsigned long event,
		       void *message)
{
	wasm_panic(message);
	return NOTIFY_DONE;
}

static struct notifier_block panic_block = {
	.notifier_call = panic_event,
	.priority = INT_MIN,	/* after all others: the host may not return */
};

static int __init panic_init(void)
{
	return atomic_notifier_chain_register(&panic_notifier_list,
					      &panic_block);
}
early_initcall(panic_init);
