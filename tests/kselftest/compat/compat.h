/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compat.h: what tests of the kernel expect of glibc, whose headers include each
 * other more than musl's do and have some names of their own.
 */
#ifndef COMPAT_H
#define COMPAT_H

#ifndef __ASSEMBLER__
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define __GLIBC_PREREQ(major, minor) 1

/*
 * Without an MMU there is no fork(). With vfork() in its place, what a child does
 * on its own still works; what needs parent and child at once does not. The
 * harness forks only to keep its tests apart: there, run.py runs each by itself, as
 * the child.
 */
#define fork() (strstr(__FILE__, "kselftest_harness.h") ? 0 : vfork())

/* musl's brk() fails, for the break is its malloc()'s; the kernel's does not. */
#define brk(end) compat_brk(end)
static inline int compat_brk(void *end)
{
	return syscall(SYS_brk, end) == (long)end ? 0 : -1;
}

/* The thread that a timer signals. */
#undef sigev_notify_thread_id
#define _sigev_un __sev_fields
#define _tid sigev_notify_thread_id

#ifndef MSG_COPY
#define MSG_COPY 040000
#endif

#ifndef DEFFILEMODE
#define DEFFILEMODE 0666
#endif

#ifndef RENAME_EXCHANGE
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE 2
static inline int renameat2(int from_dir, const char *from, int to_dir,
			    const char *to, unsigned int flags)
{
	return syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}
#endif

/* musl has none: threads start on any CPU. */
static inline int pthread_attr_setaffinity_np(pthread_attr_t *attr, size_t size,
					      const cpu_set_t *set)
{
	return ENOSYS;
}

/* GNU's form returns the text. */
static inline char *compat_strerror_r(int error, char *text, size_t size)
{
	strerror_r(error, text, size);
	return text;
}
#define strerror_r compat_strerror_r
#endif

#endif
