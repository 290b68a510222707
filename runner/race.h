/* SPDX-License-Identifier: Apache-2.0 */
/*
 * race.h: what ThreadSanitizer has to be told when programs are translated for
 * it (--sanitize=thread), and the kernel is not: when a thread is in user mode,
 * and what orders threads that TSan does not see. Nothing, in other runners.
 */
#ifndef RUNNER_RACE_H
#define RUNNER_RACE_H

#include "util.h"

#ifdef RUNNER_RACE
/* The calling thread is in the kernel, or in a program, from now on. */
void race_kernel(void);
void race_user(void);

/* Round a system call of the calling thread. a is its first argument. */
void race_syscall_begin(u32 nr, u32 a);
void race_syscall_end(u32 nr, u32 a);

/* All that was done before another thread's last system call is over. */
void race_after_others(void);
#else
#define race_kernel() ((void)0)
#define race_user() ((void)0)
#define race_syscall_begin(nr, a) ((void)0)
#define race_syscall_end(nr, a) ((void)0)
#define race_after_others() ((void)0)
#endif

#endif
