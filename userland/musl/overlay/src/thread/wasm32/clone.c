/* SPDX-License-Identifier: MIT */
/* clone.c: start a task at a function. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include "pthread_impl.h"
#include "syscall.h"

#define TAKES_MORE (CLONE_PIDFD | CLONE_PARENT_SETTID | CLONE_SETTLS | \
		    CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)

/* At the stack pointer of the new task. */
struct clone_frame {
	int (*func)(void *);
	void *arg;
	long pad[2];
};

hidden _Noreturn void __clone_start(struct clone_frame *frame)
{
	int status = frame->func(frame->arg);

	for (;;)
		__syscall(SYS_exit, status);
}

int __clone(int (*func)(void *), void *stack, int flags, void *arg, ...)
{
	struct clone_frame *frame =
		(struct clone_frame *)((long)stack & -16) - 1;
	void *ptid = 0, *tls = 0, *ctid = 0;
	va_list ap;

	if (!func || !stack)
		return -EINVAL;
	/* Without more arguments ap would be a null pointer. */
	if (flags & TAKES_MORE) {
		va_start(ap, arg);
		ptid = va_arg(ap, void *);
		tls = va_arg(ap, void *);
		ctid = va_arg(ap, void *);
		va_end(ap);
	}
	frame->func = func;
	frame->arg = arg;
	return __syscall(SYS_clone, flags, frame, ptid, tls, ctid);
}
