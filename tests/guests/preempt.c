// SPDX-License-Identifier: Apache-2.0
/* preempt.c: the timer interrupts a loop; not while interrupts are off; and a
 * task that the interrupt switches away from goes on where it was. */
#include "guest.h"

#define MS 1000000ull

static struct task_struct other;
static volatile u32 interrupts, switches, loops;

static void run_other(void)
{
	while (1) {
		switches++;
		wasm_serialize_tasks(&other, &init_task);
	}
}

void interrupted(u32 cpu)
{
	pending[cpu] = 0;
	interrupts++;
	if (interrupts == 1)
		wasm_create_and_run_task(&init_task, &other, "other", 0, 0, 0,
					 0);
	else
		wasm_serialize_tasks(&init_task, &other);
	wasm_ext_timer_set(wasm_cpu_clock_get_monotonic() + MS);
}

static void spin_ms(u64 ms)
{
	u64 end = wasm_cpu_clock_get_monotonic() + ms * MS;

	do {
		u32 i;

		for (i = 0; i < 100000; i++)
			loops++;
	} while (wasm_cpu_clock_get_monotonic() < end);
}

void boot(void)
{
	other.run = run_other;
	set_irq_state(WASM_IRQS_OFF);
	set_irq_deferred(0);
	wasm_ext_timer_set(0);
	spin_ms(30);
	check(interrupts == 0, "an interrupt while they were off");
	check(irq_deferred(), "the interrupt was not noted");
	set_irq_deferred(0);
	wasm_ext_timer_set(0);
	spin_ms(5); /* so that it is noted, sooner than taken */
	enable_interrupts();
	while (interrupts < 20)
		spin_ms(1);
	set_irq_state(WASM_IRQS_OFF);
	check(switches >= 19, "switches from the interrupt");
	check(irq_state() == WASM_IRQS_OFF, "the state was kept");
	finish("SUCCESS");
}
