// SPDX-License-Identifier: GPL-2.0-only
/* hvc_wasm.c: the host's console as /dev/hvc0. */
#include <linux/console.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/workqueue.h>

#include <asm/host.h>

#include "hvc_console.h"

#define VTERMNO 0

static struct hvc_struct *console_hvc;

static ssize_t hvc_wasm_put(u32 vtermno, const u8 *buf, size_t count)
{
	return (s32)wasm_driver_hvc_put(buf, count);
}

static ssize_t hvc_wasm_get(u32 vtermno, u8 *buf, size_t count)
{
	return (s32)wasm_driver_hvc_get(buf, count);
}

static void hvc_wasm_resize(struct hvc_struct *hp)
{
	u32 size = wasm_ext_console_size();
	struct winsize ws = {
		.ws_row = size >> 16,
		.ws_col = size & 0xffff,
	};

	if (size)
		hvc_resize(hp, ws);
}

static int hvc_wasm_notifier_add(struct hvc_struct *hp, int irq)
{
	int err = notifier_add_irq(hp, irq);

	if (!err)
		hvc_wasm_resize(hp);
	return err;
}

static const struct hv_ops hvc_wasm_ops = {
	.get_chars = hvc_wasm_get,
	.put_chars = hvc_wasm_put,
	.notifier_add = hvc_wasm_notifier_add,
	.notifier_del = notifier_del_irq,
	.notifier_hangup = notifier_hangup_irq,
};

static irqreturn_t hvc_wasm_window(int irq, void *data)
{
	hvc_wasm_resize(console_hvc);
	return IRQ_HANDLED;
}

static int __init hvc_wasm_init(void)
{
	struct hvc_struct *hp;

	hp = hvc_alloc(VTERMNO, WASM_IRQ_CONSOLE, &hvc_wasm_ops, 4096);
	if (IS_ERR(hp))
		return PTR_ERR(hp);
	console_hvc = hp;
	return request_irq(WASM_IRQ_WINDOW, hvc_wasm_window, 0, "hvc-window",
			   NULL);
}
device_initcall(hvc_wasm_init);

static int __init hvc_wasm_console_init(void)
{
	return hvc_instantiate(VTERMNO, 0, &hvc_wasm_ops);
}
console_initcall(hvc_wasm_console_init);
