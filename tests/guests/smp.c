// SPDX-License-Identifier: Apache-2.0
/* smp.c: two CPUs: start, atomics between them, waking and interrupting. */
#include "guest.h"

#define ROUNDS 20000

static struct task_struct idle1;
static volatile u32 counter, started, woken, hits;

void interrupted(u32 cpu)
{
	(void)cpu;
	hits++;
}

void boot_secondary(u32 cpu)
{
	u32 i;

	check(cpu == 1, "number of the CPU");
	started = 1;
	for (i = 0; i < ROUNDS; i++)
		__atomic_fetch_add(&counter, 1, __ATOMIC_SEQ_CST);
	while (!pending[1])
		wasm_ext_cpu_idle((u32 *)&pending[1], ~0ull);
	pending[1] = 0;
	set_irq_deferred(0);
	woken = 1;
	enable_interrupts();
	while (!hits)
		; /* until the other CPU's interrupt comes */
	woken = 2;
	set_irq_state(WASM_IRQS_OFF);
	while (1)
		wasm_ext_cpu_idle((u32 *)&pending[1], ~0ull);
}

void raise_interrupt(u32 cpu, u32 irq);

static void wait_for(volatile u32 *word, u32 value)
{
	while (__atomic_load_n(word, __ATOMIC_SEQ_CST) != value)
		wasm_ext_cpu_relax();
}

void boot(void)
{
	u32 i;

	*(u32 *)idle1.stack = 1;
	wasm_start_cpu(1, &idle1, &idle1);
	for (i = 0; i < ROUNDS; i++)
		__atomic_fetch_add(&counter, 1, __ATOMIC_SEQ_CST);
	wait_for(&counter, 2 * ROUNDS);
	raise_interrupt(1, WASM_IRQ_IPI);
	wasm_ext_interrupt_cpu(1);
	wait_for(&woken, 1);
	raise_interrupt(1, WASM_IRQ_IPI);
	while (woken != 2) {
		wasm_ext_interrupt_cpu(1);
		wasm_ext_cpu_relax();
	}
	finish("SUCCESS");
}
