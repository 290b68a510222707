/* SPDX-License-Identifier: MIT */
/*
 * pthread_cancel.c: musl's way is to look where the program counter is; there is
 * none. Instead a thread says whether it is at a cancellation point, and the
 * kernel's signal frame says whether a system call was cut short.
 */
#define _GNU_SOURCE
#include <string.h>
#include "pthread_impl.h"
#include "syscall.h"

hidden long __cancel(void);
hidden long __syscall_cp_c(syscall_arg_t, syscall_arg_t, syscall_arg_t,
			   syscall_arg_t, syscall_arg_t, syscall_arg_t,
			   syscall_arg_t);

/* Before the system call of a cancellation point, in this thread. */
static _Thread_local volatile int entering;

long __cancel(void)
{
	pthread_t self = __pthread_self();

	if (self->canceldisable == PTHREAD_CANCEL_ENABLE || self->cancelasync)
		pthread_exit(PTHREAD_CANCELED);
	self->canceldisable = PTHREAD_CANCEL_DISABLE;
	return -ECANCELED;
}

long __syscall_cp_c(syscall_arg_t nr, syscall_arg_t u, syscall_arg_t v,
		    syscall_arg_t w, syscall_arg_t x, syscall_arg_t y,
		    syscall_arg_t z)
{
	pthread_t self = __pthread_self();
	int st = self->canceldisable;
	long r;

	if (st && (st == PTHREAD_CANCEL_DISABLE || nr == SYS_close))
		return __syscall(nr, u, v, w, x, y, z);

	entering = 1;
	if (self->cancel)
		r = -EINTR;
	else
		r = __syscall(nr, u, v, w, x, y, z);
	entering = 0;
	if (r == -EINTR && nr != SYS_close && self->cancel &&
	    self->canceldisable != PTHREAD_CANCEL_DISABLE)
		r = __cancel();
	return r;
}

static void cancel_handler(int sig, siginfo_t *si, void *ctx)
{
	pthread_t self = __pthread_self();
	mcontext_t *m = &((ucontext_t *)ctx)->uc_mcontext;

	a_barrier();
	if (!self->cancel || self->canceldisable == PTHREAD_CANCEL_DISABLE)
		return;
	if (self->cancelasync) {
		entering = 0;
		pthread_exit(PTHREAD_CANCELED);
	}
	if (!entering)
		return;	/* the next cancellation point sees it */
	if (m->restart) {
		m->restart = 0;
		m->ret = -EINTR;
	} else if ((long)m->syscall_nr < 0) {
		entering = 0;
		__cancel();
	}
}

void __testcancel(void)
{
	pthread_t self = __pthread_self();

	if (self->cancel && !self->canceldisable)
		__cancel();
}

static void init_cancellation(void)
{
	struct sigaction sa = {
		.sa_flags = SA_SIGINFO | SA_RESTART,
		.sa_sigaction = cancel_handler
	};

	memset(&sa.sa_mask, -1, _NSIG / 8);
	__libc_sigaction(SIGCANCEL, &sa, 0);
}

int pthread_cancel(pthread_t t)
{
	static int init;

	if (!init) {
		init_cancellation();
		init = 1;
	}
	a_store(&t->cancel, 1);
	if (t == pthread_self()) {
		if (t->canceldisable == PTHREAD_CANCEL_ENABLE &&
		    t->cancelasync)
			pthread_exit(PTHREAD_CANCELED);
		return 0;
	}
	return pthread_kill(t, SIGCANCEL);
}
