/* SPDX-License-Identifier: MIT */
/*
 * handle_signal.c: call a signal's handler with the parameters that it has. A
 * call with others would trap, so we remember who wants siginfo_t.
 */
#include <signal.h>
#include "pthread_impl.h"
#include "syscall.h"

/* What the kernel puts at the stack pointer. */
struct signal_frame {
	int sig;
	siginfo_t *info;
	void *uc;
	void *handler;
};

static volatile int wants_info[(_NSIG + 31) / 32];

hidden void __note_siginfo(int sig, int flags)
{
	volatile int *word = &wants_info[sig / 32];
	int bit = 1U << sig % 32;

	if (flags & SA_SIGINFO)
		a_or(word, bit);
	else
		a_and(word, ~bit);
}

hidden _Noreturn void __handle_signal(struct signal_frame *frame)
{
	int sig = frame->sig;

	if (wants_info[sig / 32] & (1U << sig % 32))
		((void (*)(int, siginfo_t *, void *))frame->handler)(
			sig, frame->info, frame->uc);
	else
		((void (*)(int))frame->handler)(sig);
	for (;;)
		__wasm_syscall_0((long)frame,
				 (long)__builtin_wasm_tls_base(),
				 SYS_rt_sigreturn);
}
