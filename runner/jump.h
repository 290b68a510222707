/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jump.h: out of the guest's frames, to a place further up the host's stack:
 * setjmp() and longjmp() without a signal mask. A target is plain memory: it may
 * be copied, and jumped to as often as one likes while the frame of jump_set()
 * is there.
 */
#ifndef RUNNER_JUMP_H
#define RUNNER_JUMP_H

#include "sanitize.h"

struct jump {
	void *env[5]; /* as the compiler likes it */
	size_t depth;
};

/* 0, and again with each jump's value; *jump may be gone by then. Locals that
 * change in between have to be volatile. */
#define jump_set(jump)                       \
	((jump)->depth = sanitize_depth(),   \
	 __builtin_setjmp((jump)->env) ? jump_landed() : 0)

/* value is not 0. The caller's frame is below that of jump_set(). */
void jump_to(struct jump *jump, int value) __attribute__((noreturn));

int jump_landed(void);

#endif
