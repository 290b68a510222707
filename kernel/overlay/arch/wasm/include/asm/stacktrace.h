/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_STACKTRACE_H
#define _ASM_WASM_STACKTRACE_H

#include <linux/sched.h>
#include <asm/globals.h>

static inline bool on_thread_stack(void)
{
	unsigned long sp = wasm_global_get(__stack_pointer);

	return !(((unsigned long)current->stack ^ sp) & ~(THREAD_SIZE - 1));
}
#endif
