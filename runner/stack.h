/* SPDX-License-Identifier: Apache-2.0 */
/* stack.h: a thread's stack, and the second one, on which it handles faults. */
#ifndef RUNNER_STACK_H
#define RUNNER_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stack {
	void *start;
};

/* The calling thread gets its second one; dies. */
void stack_init(struct stack *s);
void stack_deinit(struct stack *s);

/* What the kernel is given at least, on the thread's first stack. */
#define STACK_FOR_SYSCALL ((size_t)256 << 10)
#define STACK_FOR_INTERRUPT ((size_t)128 << 10)
#define STACK_FOR_SIGNAL ((size_t)16 << 10)

/* The lowest address of the thread's first stack. */
extern _Thread_local uintptr_t stack_end;

/* Is the caller so near to it? Not on the second one. */
static inline __attribute__((always_inline)) bool stack_is_low(size_t least)
{
	return (uintptr_t)__builtin_frame_address(0) - stack_end < least;
}

/* Is there no room at this stack pointer for what the host needs for a signal? */
static inline bool stack_has_no_room(uintptr_t sp)
{
	return sp - stack_end < STACK_FOR_SIGNAL || stack_end - sp < STACK_FOR_SIGNAL;
}

/* Makes a fault of the guest of it, which on_fault() knows by its address. */
void stack_exhausted(void) __attribute__((noreturn));

#endif
