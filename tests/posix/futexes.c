// SPDX-License-Identifier: Apache-2.0
/* futex(2) itself: wait, wake, bitsets, requeue, PI; futex_waitv(2). */
#include <linux/futex.h>
#include <sys/syscall.h>
#include "t.h"

static volatile int word, second, awake, waiting;
static volatile pid_t waiters[6];

/* The time is the kernel's, which may differ from libc's in 32 bits. */
#ifdef SYS_futex_time64
#define NR SYS_futex_time64
#else
#define NR SYS_futex
#endif

static long futex(volatile int *at, int op, long value, const void *time,
		  volatile int *at2, long value3)
{
	struct { long long sec, nsec; } ts = { 0 };

	if (time)
		ts.nsec = *(const long *)time;
	return syscall(NR, at, op, value, time ? (void *)&ts : NULL, at2,
		       value3);
}

static void come_to_wait(void)
{
	waiters[__atomic_fetch_add(&waiting, 1, __ATOMIC_SEQ_CST)] =
		syscall(SYS_gettid);
}

static void *waits(void *arg)
{
	(void)arg;
	come_to_wait();
	futex(&word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
	__atomic_add_fetch(&awake, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void *waits_bitset(void *arg)
{
	come_to_wait();
	futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, NULL, (intptr_t)arg);
	__atomic_add_fetch(&awake, (intptr_t)arg, __ATOMIC_SEQ_CST);
	return NULL;
}

static void start(pthread_t *t, int n, void *(*run)(void *))
{
	int i;

	waiting = awake = 0;
	for (i = 0; i < n; i++)
		waiters[i] = 0;
	for (i = 0; i < n; i++)
		pthread_create(&t[i], NULL, run, (void *)(intptr_t)(1 << i));
	for (i = 0; i < n; i++) {
		while (!waiters[i])
			sched_yield();
		await_sleep(getpid(), waiters[i]);
	}
}

static void become(int n)
{
	int i;

	for (i = 0; i < 60000 && awake != n; i++)
		sleep_ms(1);
	sleep_ms(5);
	VAL(awake);
}

static void test_basics(void)
{
	long short_time = 10000000;

	word = 0;
	CALL(futex(&word, FUTEX_WAIT, 1, NULL, NULL, 0));
	CALL(futex(&word, FUTEX_WAIT, 0, &short_time, NULL, 0));
	CALL(futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0));
	CALL(futex((int *)((char *)&word + 1), FUTEX_WAIT, 0, NULL, NULL, 0));
	CALL(futex(&word, 77, 0, NULL, NULL, 0));
	CALL(futex(&word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0));
}

static void test_wake(void)
{
	pthread_t t[6];
	int i;

	start(t, 6, waits);
	CALL(futex(&word, FUTEX_WAKE_PRIVATE, 2, NULL, NULL, 0));
	become(2);
	CALL(futex(&word, FUTEX_WAKE_PRIVATE, 100, NULL, NULL, 0));
	become(6);
	for (i = 0; i < 6; i++)
		pthread_join(t[i], NULL);
	start(t, 4, waits_bitset);
	CALL(futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 4));
	become(4);
	CALL(futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 16));
	CALL(futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 9));
	become(13);
	CALL(futex(&word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));
	become(15);
	for (i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
}

static void test_requeue(void)
{
	pthread_t t[6];
	int i;

	start(t, 6, waits);
	CALL(syscall(NR, &word, FUTEX_CMP_REQUEUE_PRIVATE, 1, 3L, &second, 1));
	CALL(syscall(NR, &word, FUTEX_CMP_REQUEUE_PRIVATE, 1, 3L, &second, 0));
	become(1);
	CALL(futex(&second, FUTEX_WAKE_PRIVATE, 100, NULL, NULL, 0));
	become(4);
	CALL(futex(&word, FUTEX_WAKE_PRIVATE, 100, NULL, NULL, 0));
	become(6);
	for (i = 0; i < 6; i++)
		pthread_join(t[i], NULL);
}

static volatile int pi;
static long counter;

static void *locks_pi(void *arg)
{
	int me = syscall(SYS_gettid), i, zero;

	for (i = 0; i < 300; i++) {
		zero = 0;
		if (!__atomic_compare_exchange_n(&pi, &zero, me, 0,
						 __ATOMIC_SEQ_CST,
						 __ATOMIC_SEQ_CST))
			MUST(!futex(&pi, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0));
		counter++;
		if (i % 50 == 0)
			sched_yield();
		zero = me;
		if (!__atomic_compare_exchange_n(&pi, &zero, 0, 0,
						 __ATOMIC_SEQ_CST,
						 __ATOMIC_SEQ_CST))
			MUST(!futex(&pi, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL,
				    0));
	}
	return arg;
}

static void test_pi(void)
{
	pthread_t t[6];
	int i;

	for (i = 0; i < 6; i++)
		pthread_create(&t[i], NULL, locks_pi, NULL);
	for (i = 0; i < 6; i++)
		pthread_join(t[i], NULL);
	VAL(counter);
	VAL(pi & FUTEX_TID_MASK);
	CALL(futex(&pi, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
	pi = syscall(SYS_gettid);
	CALL(futex(&pi, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0));
}

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif
static volatile int vector[3];

static long wait_for_any(unsigned int n, unsigned int flags, bool is_past)
{
	struct { long long sec, nsec; } past = { 0 };
	struct futex_waitv w[ARRAY_SIZE(vector)] = { 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vector); i++) {
		w[i].uaddr = (uintptr_t)&vector[i];
		w[i].flags = FUTEX_32 | FUTEX_PRIVATE_FLAG;
	}
	return syscall(SYS_futex_waitv, w, n, flags, is_past ? &past : NULL,
		       CLOCK_MONOTONIC);
}

static void *waits_for_any(void *arg)
{
	(void)arg;
	come_to_wait();
	awake = 1 + wait_for_any(ARRAY_SIZE(vector), 0, false);
	return NULL;
}

static void test_any(void)
{
	pthread_t t;
	int i;

	CALL(wait_for_any(0, 0, false));
	CALL(wait_for_any(3, 1, false));
	CALL(wait_for_any(3, 0, true));
	vector[1] = 1;
	CALL(wait_for_any(3, 0, false));
	vector[1] = 0;
	for (i = 0; i < 3; i++) {
		start(&t, 1, waits_for_any);
		CALL(futex(&vector[i], FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));
		become(1 + i);
		pthread_join(t, NULL);
	}
	CALL(futex(&vector[0], FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));
}

int main(void)
{
	test_basics();
	test_wake();
	test_requeue();
	test_pi();
	test_any();
	return 0;
}
