/* SPDX-License-Identifier: Apache-2.0 */
/* stack.c: the host tells which functions are on a stack: the caller's, that of a
 * task that waits, and what an interrupt came into. */
#include "guest.h"

#define MAX 64
#define DEPTH 100 /* more than there is room for */
#define SHOWN 2	  /* of them */

static struct task_struct other;
static u32 addrs[MAX], count;
static volatile u32 done;

static u32 frequency(u32 addr)
{
	u32 i, n = 0;

	for (i = 0; i < count; i++)
		n += addrs[i] == addr;
	return n;
}

/* DEPTH frames of one function, above what does the work. */
static __attribute__((noinline)) void descend(u32 depth, void (*work)(void))
{
	if (depth)
		descend(depth - 1, work);
	else
		work();
	done = depth;
}

static void trace(void)
{
	count = wasm_ext_stack_trace(NULL, addrs, MAX);
}

static void wait(void)
{
	wasm_serialize_tasks(&other, &init_task);
}

static void run_other(void)
{
	descend(DEPTH - 1, wait);
}

static void spin(void)
{
	enable_interrupts();
	wasm_ext_timer_set(0);
	while (!done)
		;
}

void interrupted(u32 cpu)
{
	pending[cpu] = 0;
	trace();
	done = 1;
}

void boot(void)
{
	u32 i, descend_addr;

	descend(DEPTH - 1, trace);
	check(count >= SHOWN + 2, "all of the own frames");
	for (i = 0; i < count; i++)
		check(addrs[i] > WASM_TEXT_BASE, "an address of code");
	descend_addr = addrs[1];
	check(addrs[0] != descend_addr, "the innermost function first");
	check(frequency(descend_addr) == SHOWN, "a recursion, in short");
	check(addrs[1 + SHOWN] != descend_addr, "who began a recursion");

	check(wasm_ext_stack_trace(NULL, addrs, 1) == 1, "no more than asked for");

	other.run = run_other;
	wasm_create_and_run_task(&init_task, &other, "other", 0, 0, 0, 0);
	count = wasm_ext_stack_trace(&other, addrs, MAX);
	check(frequency(descend_addr) == SHOWN, "the frames of another task");
	wasm_release_task(&other);
	check(!wasm_ext_stack_trace(&other, addrs, MAX), "no frames of no task");

	done = 0;
	descend(DEPTH - 1, spin);
	check(frequency(descend_addr) == SHOWN, "what was interrupted");
	finish("SUCCESS");
}
