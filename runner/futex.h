/* SPDX-License-Identifier: Apache-2.0 */
/* futex.h: the host's futex(2). Async-signal-safe, errno is left alone. */
#ifndef RUNNER_FUTEX_H
#define RUNNER_FUTEX_H

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "util.h"

/* Wait while *word == value, at most until an absolute CLOCK_MONOTONIC time
 * (NULL: for ever). 0, or an errno such as EAGAIN, EINTR, ETIMEDOUT. */
static inline int futex_wait(const void *word, u32 value,
			     const struct timespec *until)
{
	int saved = errno, ret = 0;

	if (syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG,
		    value, until, NULL, FUTEX_BITSET_MATCH_ANY) < 0)
		ret = errno;
	errno = saved;
	return ret;
}

/* Number of waiters woken. */
static inline int futex_wake(const void *word, int count)
{
	int saved = errno, ret;

	ret = (int)syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG,
			   count, NULL, NULL, 0);
	errno = saved;
	return ret;
}

static inline u64 clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (u64)ts.tv_sec * 1000000000u + (u64)ts.tv_nsec;
}

static inline struct timespec timespec_of_ns(u64 ns)
{
	return (struct timespec){ (time_t)(ns / 1000000000u),
				  (long)(ns % 1000000000u) };
}

#endif
