/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack.h: the host's stacks of a thread that runs guest code: the first, which is the
 * thread's; a reserve, on which the program's handler runs when the first is used up;
 * and that of fault handlers, on which no program's handler runs.
 */
#ifndef RUNNER_STACK_H
#define RUNNER_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define THREAD_STACK ((size_t)4 << 20)
#define THREAD_RESERVE ((size_t)1 << 20)
#define THREAD_HANDLERS ((size_t)256 << 10)
/* Guest code touches each page of a large frame (-fstack-clash-protection). */
#define THREAD_GUARD ((size_t)1 << 20)

struct stack {
	char *others; /* reserve and fault handlers' */
};

/* The calling thread gets its others; dies. */
void stack_init(struct stack *s);
void stack_deinit(struct stack *s);

/* What the kernel is given at least. */
#define STACK_FOR_SYSCALL ((size_t)256 << 10)
#define STACK_FOR_INTERRUPT ((size_t)128 << 10)
/* A signal's frame, and what its handler needs to see that there is no more. */
#define STACK_FOR_SIGNAL ((size_t)16 << 10)

/* The lowest addresses that are used of the calling thread's first stack and reserve. */
extern _Thread_local uintptr_t stack_end, stack_reserve_end;

/* Does a stack pointer lie on the thread's first stack? */
static inline __attribute__((always_inline)) bool stack_is_first(uintptr_t sp)
{
	return sp - stack_end < THREAD_STACK;
}

/* Bytes that are left at a stack pointer; 0 on the fault handlers' stack, or on none. */
static inline __attribute__((always_inline)) size_t stack_room(uintptr_t sp)
{
	if (stack_is_first(sp))
		return sp - stack_end;
	return sp - stack_reserve_end < THREAD_RESERVE ? sp - stack_reserve_end : 0;
}

/* Does a stack pointer lie on the fault handlers' stack? */
static inline bool stack_is_of_handlers(uintptr_t sp)
{
	return stack_reserve_end - THREAD_GUARD - sp < THREAD_HANDLERS;
}

static inline __attribute__((always_inline)) bool stack_is_low(size_t least)
{
	return stack_room((uintptr_t)__builtin_frame_address(0)) < least;
}

/*
 * Where what was interrupted at a stack pointer goes on with a call: there, or on the
 * reserve if it is low; 0: there is no place.
 */
uintptr_t stack_below(uintptr_t sp);

/* Makes a fault of the guest of it, which on_fault() knows by its address. */
void stack_exhausted(void) __attribute__((noreturn));

#endif
