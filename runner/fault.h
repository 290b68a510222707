/* SPDX-License-Identifier: Apache-2.0 */
/* fault.h: traps and bad accesses of guest code, and the runner's own. */
#ifndef RUNNER_FAULT_H
#define RUNNER_FAULT_H

#include "guest_rt.h"

/* Handlers of SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT. */
void fault_init(void);

/* Guest code on this thread executed something that traps. */
void fault_trap(wasm_rt_trap_t trap) __attribute__((noreturn));

#endif
