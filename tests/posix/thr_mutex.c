// SPDX-License-Identifier: Apache-2.0
/* Mutexes of all kinds: also robust ones and those that inherit priorities. */
#include <sys/syscall.h>
#include "t.h"

static pthread_mutex_t m;
static long counter;

static struct timespec in_ms(clockid_t clock, int ms)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	ts.tv_nsec += ms * 1000000l;
	ts.tv_sec += ts.tv_nsec / 1000000000;
	ts.tv_nsec %= 1000000000;
	return ts;
}

static void *tries(void *arg)
{
	struct timespec ts = in_ms(CLOCK_REALTIME, 20);

	(void)arg;
	RET(pthread_mutex_trylock(&m));
	RET(pthread_mutex_timedlock(&m, &ts));
	RET(pthread_mutex_unlock(&m));
	return NULL;
}

static void *counts(void *arg)
{
	int i;

	for (i = 0; i < 5000; i++) {
		pthread_mutex_lock(&m);
		counter++;
		if (i % 1000 == 0)
			sched_yield();
		pthread_mutex_unlock(&m);
	}
	return arg;
}

static void in_thread(void *(*run)(void *))
{
	pthread_t t;

	pthread_create(&t, NULL, run, NULL);
	pthread_join(t, NULL);
}

static void init(int type, int protocol, int robust)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	MUST(!pthread_mutexattr_settype(&attr, type));
	MUST(!pthread_mutexattr_setprotocol(&attr, protocol));
	MUST(!pthread_mutexattr_setrobust(&attr, robust));
	MUST(!pthread_mutex_init(&m, &attr));
}

static void test_kind(const char *name, int type, int protocol, int robust)
{
	pthread_t t[8];
	int i;

	say("--- %s", name);
	init(type, protocol, robust);
	RET(pthread_mutex_lock(&m));
	if (type == PTHREAD_MUTEX_RECURSIVE)
		RET(pthread_mutex_lock(&m));
	if (type == PTHREAD_MUTEX_ERRORCHECK)
		RET(pthread_mutex_lock(&m));
	else /* glibc's EDEADLK for some of these is its own */
		RET(pthread_mutex_trylock(&m));
	if (type != PTHREAD_MUTEX_NORMAL)
		in_thread(tries);
	while (!pthread_mutex_unlock(&m) && type == PTHREAD_MUTEX_RECURSIVE)
		say("unlocked");
	if (type != PTHREAD_MUTEX_NORMAL)
		RET(pthread_mutex_unlock(&m));
	counter = 0;
	for (i = 0; i < 8; i++)
		pthread_create(&t[i], NULL, counts, NULL);
	for (i = 0; i < 8; i++)
		pthread_join(t[i], NULL);
	VAL(counter);
	RET(pthread_mutex_destroy(&m));
}

static void *dies_with_it(void *arg)
{
	pthread_mutex_lock(&m);
	return arg;
}

static void *waits_for_it(void *arg)
{
	(void)arg;
	return (void *)(intptr_t)pthread_mutex_lock(&m);
}

static volatile int held;

static void *sleeps_with_it(void *arg)
{
	pthread_mutex_lock(&m);
	held = 1;
	sleep_ms(50);
	return arg;
}

static void test_robust(const char *name, int protocol)
{
	pthread_t a, b;
	void *error;

	say("--- %s", name);
	init(PTHREAD_MUTEX_NORMAL, protocol, PTHREAD_MUTEX_ROBUST);
	in_thread(dies_with_it);
	RET(pthread_mutex_lock(&m));
	RET(pthread_mutex_consistent(&m));
	RET(pthread_mutex_unlock(&m));
	RET(pthread_mutex_lock(&m));
	RET(pthread_mutex_unlock(&m));
	in_thread(dies_with_it);
	RET(pthread_mutex_trylock(&m));
	RET(pthread_mutex_unlock(&m)); /* not made consistent */
	RET(pthread_mutex_lock(&m));
	RET(pthread_mutex_destroy(&m));
	init(PTHREAD_MUTEX_NORMAL, protocol, PTHREAD_MUTEX_ROBUST);
	held = 0;
	pthread_create(&a, NULL, sleeps_with_it, NULL);
	while (!held)
		sched_yield();
	pthread_create(&b, NULL, waits_for_it, NULL);
	pthread_join(a, NULL);
	pthread_join(b, &error);
	say("the one that waited got %s", error_name((intptr_t)error));
}

/* What /proc calls its priority: -1 - that of a real-time task. */
static int priority_of(pid_t tid)
{
	char text[300], *end;
	int fd, n, priority = 99;

	snprintf(text, sizeof(text), "/proc/self/task/%d/stat", tid);
	fd = open(text, O_RDONLY);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	end = strrchr(text, ')');
	MUST(end && sscanf(end, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
			   "%*u %*u %*d %*d %d", &priority) == 1);
	return priority;
}

/* A user of the host may not be that urgent: what should come out is known, too. */
static bool may_be_urgent(void)
{
#ifndef __wasm__
	struct sched_param fifo = { .sched_priority = 11 }, normal = { 0 };

	if (pthread_setschedparam(pthread_self(), SCHED_FIFO, &fifo))
		return false;
	MUST(!pthread_setschedparam(pthread_self(), SCHED_OTHER, &normal));
#endif
	return true;
}

static volatile pid_t holder, waiter;
static bool urgent;

static void *locks_in_a_hurry(void *priority)
{
	struct sched_param fifo = { .sched_priority = (intptr_t)priority };

	if (urgent)
		MUST(!pthread_setschedparam(pthread_self(), SCHED_FIFO, &fifo));
	waiter = syscall(SYS_gettid);
	pthread_mutex_lock(&m);
	pthread_mutex_unlock(&m);
	return NULL;
}

static void await_priority(const char *what, int wanted)
{
	while (urgent && priority_of(holder) != wanted)
		sleep_ms(1);
	say("the holder has %s priority", what);
}

/* Who holds the mutex has the priority of the most urgent one that waits. */
static void test_priority(void)
{
	pthread_t t[2];
	int own;

	say("--- priorities");
	urgent = may_be_urgent();
	holder = getpid();
	own = priority_of(holder);
	init(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT, 0);
	pthread_mutex_lock(&m);
	pthread_create(&t[0], NULL, locks_in_a_hurry, (void *)10);
	await_priority("the first's", -11);
	pthread_create(&t[1], NULL, locks_in_a_hurry, (void *)11);
	await_priority("the second's", -12);
	pthread_mutex_unlock(&m);
	await_priority("its own", own);
	pthread_join(t[0], NULL);
	pthread_join(t[1], NULL);
	/* A mutex of another kind does not lend it. */
	init(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, 0);
	pthread_mutex_lock(&m);
	waiter = 0;
	pthread_create(&t[0], NULL, locks_in_a_hurry, (void *)10);
	while (!waiter)
		sleep_ms(1);
	await_sleep(getpid(), waiter);
	say("lent by another kind: %d", priority_of(holder) != own);
	pthread_mutex_unlock(&m);
	pthread_join(t[0], NULL);
}

int main(void)
{
	test_kind("normal", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, 0);
	test_kind("recursive", PTHREAD_MUTEX_RECURSIVE, PTHREAD_PRIO_NONE, 0);
	test_kind("errorcheck", PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_NONE, 0);
	test_kind("normal, inherits", PTHREAD_MUTEX_NORMAL,
		  PTHREAD_PRIO_INHERIT, 0);
	test_kind("recursive, inherits", PTHREAD_MUTEX_RECURSIVE,
		  PTHREAD_PRIO_INHERIT, 0);
	test_kind("errorcheck, inherits", PTHREAD_MUTEX_ERRORCHECK,
		  PTHREAD_PRIO_INHERIT, 0);
	test_kind("errorcheck, robust", PTHREAD_MUTEX_ERRORCHECK,
		  PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST);
	test_robust("robust", PTHREAD_PRIO_NONE);
	test_robust("robust, inherits", PTHREAD_PRIO_INHERIT);
	test_priority();
	return 0;
}
