/* SPDX-License-Identifier: Apache-2.0 */
/* stack.h: the second stack of a thread, on which it handles faults. */
#ifndef RUNNER_STACK_H
#define RUNNER_STACK_H

struct stack {
	void *start;
};

/* The calling thread gets one; dies. */
void stack_init(struct stack *s);
void stack_deinit(struct stack *s);

#endif
