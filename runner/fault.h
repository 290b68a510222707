/* SPDX-License-Identifier: Apache-2.0 */
/* fault.h: traps and bad accesses of guest code, and the runner's own. */
#ifndef RUNNER_FAULT_H
#define RUNNER_FAULT_H

#include "guest_rt.h"
#include "util.h"

struct task;

/* Handlers of SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT. */
void fault_init(void);

/* Guest code on this thread executed something that traps. */
void fault_trap(wasm_rt_trap_t trap) __attribute__((noreturn));
/* An access to that address did. */
void fault_trap_access(wasm_rt_trap_t trap, u64 addr) __attribute__((noreturn));
/* The call of that table entry did. */
void fault_trap_call(const wasm_rt_funcref_table_t *table, u32 i)
	__attribute__((noreturn));

/* What goes wrong on a thread without a task is the fault of this file from now on;
 * NULL: of the runner. */
void fault_blame(const char *file);

/* Does nothing: called before a fault, or a panic, is dealt with, on the thread
 * that has it, for breakpoints. addr: 0 if there is none. */
void guest_fault(struct task *task, const char *what, gaddr_t addr);

#endif
