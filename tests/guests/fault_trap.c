// SPDX-License-Identifier: Apache-2.0
/* fault_trap.c: the kinds of traps, one task each, dying of it. */
#include "guest.h"

static struct task_struct task;
static volatile u32 zero, seen;

static void kinds(void);

static u32 divide(void)
{
	return 7 / zero;
}

static void kinds(void)
{
	static const char *volatile text = "x";
	static void (*volatile function)(void) = kinds;

	switch (seen) {
	case 0:
		zero = divide();
		break;
	case 1:
		__builtin_trap();
	case 2:
		((void (*)(u32, u32))(uintptr_t)function)(1, 2);
		break;
	case 3:
		((void (*)(void))99999)();
		break;
	case 4:
		__atomic_fetch_add((u32 *)(uintptr_t)(text + 1), 1,
				   __ATOMIC_SEQ_CST);
		break;
	default:
		*(volatile u32 *)0xfffffff0u = 1;
	}
	finish("FAILED: no fault");
}

void faulted(u32 signo, u32 addr)
{
	static const u32 signals[] = { 8, 4, 4, 4, 7, 11 };

	(void)addr;
	check(signo == signals[seen], "the signal");
	seen++;
	wasm_release_task(&task);
	wasm_serialize_tasks(&task, &init_task);
	__builtin_trap();
}

void boot(void)
{
	task.run = kinds;
	while (seen < 6)
		wasm_create_and_run_task(&init_task, &task, "victim", 0, 0, 0,
					 0);
	finish("SUCCESS");
}
