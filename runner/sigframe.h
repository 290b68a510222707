/* SPDX-License-Identifier: Apache-2.0 */
/* sigframe.h: the frame that the host's kernel makes for a signal's handler. */
#ifndef RUNNER_SIGFRAME_H
#define RUNNER_SIGFRAME_H

#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

/* Where what was interrupted has nothing on its stack any more (x86-64 psABI, 3.2.2). */
static inline __attribute__((always_inline)) uintptr_t sigframe_sp(const void *context)
{
	return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RSP] - 128;
}

typedef void sigframe_handler(int signo, siginfo_t *info, void *context);

/*
 * For a handler on a stack that has to be free again at once: copy its frame, which
 * the arguments are in, to the addresses below another stack pointer, and call a
 * handler there, which may return to what was interrupted. Async-signal-safe.
 */
void sigframe_move(uintptr_t sp, sigframe_handler *handler, int signo,
		   siginfo_t *info, void *context) __attribute__((noreturn));

#endif
