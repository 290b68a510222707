// SPDX-License-Identifier: Apache-2.0
/* used_up.c: an interrupt waits while the kernel's stack pointer is in a guard. */
#include "guest.h"

#define MS 1000000ull
#define PAGE 4096u

static char guard[2 * PAGE] __attribute__((aligned(PAGE)));
static volatile u32 interrupts;

/* Returns what it was. Not of a function whose frame is below. */
static inline __attribute__((always_inline)) u32 exchange_stack_pointer(u32 now)
{
	u32 before;

	__asm__ volatile(".globaltype __stack_pointer, i32\n\t"
			 "global.get __stack_pointer\n\t"
			 "local.set %0\n\t"
			 "local.get %1\n\t"
			 "global.set __stack_pointer"
			 : "=&r"(before) : "r"(now));
	return before;
}

void interrupted(u32 cpu)
{
	pending[cpu] = 0;
	interrupts++;
}

/* It has no frame, and a loop in which it can be interrupted. */
static u32 interrupts_within(u64 ms)
{
	u64 end = wasm_cpu_clock_get_monotonic() + ms * MS;
	u32 before = interrupts, i;

	do
		for (i = 0; i < 100000 && interrupts == before; i++)
			;
	while (interrupts == before && wasm_cpu_clock_get_monotonic() < end);
	return interrupts - before;
}

void boot(void)
{
	u32 there, meanwhile;

	wasm_ext_protect((u32)guard, PAGE, WASM_PROTECT_NONE);
	set_irq_state(WASM_IRQS_ON);
	there = exchange_stack_pointer((u32)guard + PAGE / 2);
	wasm_ext_timer_set(0);
	meanwhile = interrupts_within(50);
	exchange_stack_pointer(there);
	check(!meanwhile, "no interrupt without a stack");
	check(interrupts_within(10000), "the interrupt after that");
	finish("SUCCESS");
}
