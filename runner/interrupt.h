/* SPDX-License-Identifier: Apache-2.0 */
/* interrupt.h: interrupts of CPUs that run: a signal to the thread. */
#ifndef RUNNER_INTERRUPT_H
#define RUNNER_INTERRUPT_H

#include "task.h"

/* Install the handler. */
void interrupt_init(void);

/*
 * The calling thread, in user mode, has no room for an interrupt: if one came, its
 * handler gave up, or the host had no room to call it and dropped the signal.
 */
void interrupt_missed(struct task *task);

/* Is pc in the kernel's text, or in that of the task's program? */
bool interrupt_in_guest(const struct task *task, const void *pc);

#endif
