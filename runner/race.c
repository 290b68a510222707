// SPDX-License-Identifier: Apache-2.0
/* race.c: races of programs, see race.h; empty in other runners. */
#include "race.h"

#ifdef RUNNER_RACE

/* Of TSan's run time, see sanitize.c. */
extern void __tsan_acquire(void *address);
extern void __tsan_release(void *address);
extern void __tsan_ignore_thread_begin(void);
extern void __tsan_ignore_thread_end(void);

/* The C library orders its own accesses in ways that TSan is not told of. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
	return "race_top:sysroot*/source/\n";
}

/* Numbers of asm-generic/unistd.h, for 32 bits. */
#define NR_FUTEX 98
#define NR_FUTEX_TIME64 422

/* They return when, or with what, another thread or process has done; so does
 * new memory, which may have been another's. */
static const u32 receiving[] = {
	22 /* epoll_pwait */, 25 /* fcntl */, 32 /* flock */, 63 /* read */,
	65 /* readv */, 67 /* pread64 */, 69 /* preadv */, 72 /* pselect6 */,
	73 /* ppoll */, 95 /* waitid */, 133 /* rt_sigsuspend */,
	137 /* rt_sigtimedwait */, 183 /* mq_timedreceive */, 188 /* msgrcv */,
	192 /* semtimedop */, 193 /* semop */, 196 /* shmat */, 202 /* accept */,
	207 /* recvfrom */, 212 /* recvmsg */, 214 /* brk */, 216 /* mremap */,
	222 /* mmap */, 242 /* accept4 */, 243 /* recvmmsg */, 260 /* wait4 */,
	413 /* pselect6_time64 */, 414 /* ppoll_time64 */,
	417 /* recvmmsg_time64 */, 419 /* mq_timedreceive_time64 */,
	420 /* semtimedop_time64 */, 421 /* rt_sigtimedwait_time64 */,
};

static char everything; /* its address is what TSan knows */
static _Thread_local bool in_kernel;

void race_after_others(void)
{
	__tsan_acquire(&everything);
}

/* What it does to programs' memory there is not looked at. */
void race_kernel(void)
{
	if (in_kernel)
		return;
	in_kernel = true;
	__tsan_release(&everything);
	__tsan_ignore_thread_begin();
}

void race_user(void)
{
	if (!in_kernel)
		return;
	in_kernel = false;
	__tsan_ignore_thread_end();
}

static bool is_receiving(u32 nr)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(receiving); i++)
		if (receiving[i] == nr)
			return true;
	return false;
}

void race_syscall_begin(u32 nr, u32 a)
{
	if (nr == NR_FUTEX || nr == NR_FUTEX_TIME64)
		__tsan_release((void *)(uintptr_t)a);
	race_kernel();
}

void race_syscall_end(u32 nr, u32 a)
{
	if (nr == NR_FUTEX || nr == NR_FUTEX_TIME64)
		__tsan_acquire((void *)(uintptr_t)a);
	else if (is_receiving(nr))
		race_after_others();
	race_user();
}

#endif
