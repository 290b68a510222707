// SPDX-License-Identifier: Apache-2.0
/* Condition variables, barriers, read-write locks, spin locks, semaphores. */
#include <semaphore.h>
#include "t.h"

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER, other;
static pthread_barrier_t barrier;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static sem_t sem;
static int turn, serial, readers, most, value;
static long spun;

static void *takes_turns(void *arg)
{
	int me = (intptr_t)arg, i;

	for (i = 0; i < 200; i++) {
		pthread_mutex_lock(&m);
		while (turn % 4 != me)
			pthread_cond_wait(&cond, &m);
		turn++;
		pthread_cond_broadcast(&cond);
		pthread_mutex_unlock(&m);
	}
	return NULL;
}

static void *waits_once(void *arg)
{
	pthread_mutex_lock(&m);
	value++;
	pthread_cond_wait(&other, &m);
	value -= 100;
	pthread_mutex_unlock(&m);
	return arg;
}

static void run(int n, void *(*start)(void *))
{
	pthread_t t[16];
	int i;

	for (i = 0; i < n; i++)
		pthread_create(&t[i], NULL, start, (void *)(intptr_t)i);
	for (i = 0; i < n; i++)
		pthread_join(t[i], NULL);
}

static void test_cond(void)
{
	pthread_condattr_t attr;
	struct timespec ts;
	long long began;
	pthread_t t[3];
	int i;

	run(4, takes_turns);
	VAL(turn);
	pthread_condattr_init(&attr);
	RET(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC));
	RET(pthread_cond_init(&other, &attr));
	pthread_mutex_lock(&m);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	began = now_us();
	ts.tv_nsec += 30000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_nsec -= 1000000000;
		ts.tv_sec++;
	}
	RET(pthread_cond_timedwait(&other, &m, &ts));
	began = now_us() - began;
	IS(began >= 29000);
	pthread_mutex_unlock(&m);
	for (i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, waits_once, NULL);
	while (true) {
		pthread_mutex_lock(&m);
		if (value == 3)
			break;
		pthread_mutex_unlock(&m);
		sched_yield();
	}
	pthread_cond_signal(&other);
	while (value == 3) {
		pthread_mutex_unlock(&m);
		sleep_ms(30); /* for more than one, which may not be */
		pthread_mutex_lock(&m);
	}
	VAL(value);
	pthread_cond_broadcast(&other);
	pthread_mutex_unlock(&m);
	for (i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	VAL(value);
}

static void *meets(void *arg)
{
	int i;

	for (i = 0; i < 100; i++) {
		__atomic_add_fetch(&value, 1, __ATOMIC_SEQ_CST);
		if (pthread_barrier_wait(&barrier) ==
		    PTHREAD_BARRIER_SERIAL_THREAD)
			__atomic_add_fetch(&serial, 1, __ATOMIC_SEQ_CST);
		if (value < 7 * (i + 1))
			say("a thread came too early");
		pthread_barrier_wait(&barrier);
	}
	return arg;
}

static void *reads_and_writes(void *arg)
{
	int i, n;

	for (i = 0; i < 200; i++) {
		if (i % 10 == 0) {
			pthread_rwlock_wrlock(&rw);
			if (readers)
				say("a writer among readers");
			value++;
			pthread_rwlock_unlock(&rw);
		}
		pthread_rwlock_rdlock(&rw);
		n = __atomic_add_fetch(&readers, 1, __ATOMIC_SEQ_CST);
		if (n > most)
			most = n;
		sched_yield();
		__atomic_sub_fetch(&readers, 1, __ATOMIC_SEQ_CST);
		pthread_rwlock_unlock(&rw);
	}
	return arg;
}

static void *tries_rw(void *arg)
{
	RET(pthread_rwlock_trywrlock(&rw));
	RET(pthread_rwlock_tryrdlock(&rw));
	pthread_rwlock_unlock(&rw);
	return arg;
}

static void *spins(void *arg)
{
	int i;

	for (i = 0; i < 300; i++) {
		pthread_spin_lock(&spin);
		spun++;
		pthread_spin_unlock(&spin);
	}
	return arg;
}

static void *posts(void *arg)
{
	int i;

	for (i = 0; i < 100; i++)
		sem_post(&sem);
	return arg;
}

static void test_rest(void)
{
	struct timespec ts;
	int i;

	value = 0;
	pthread_barrier_init(&barrier, NULL, 7);
	run(7, meets);
	VAL(value);
	VAL(serial);
	value = 0;
	run(5, reads_and_writes);
	VAL(value);
	IS(most >= 1 && most <= 5);
	pthread_rwlock_rdlock(&rw);
	run(1, tries_rw);
	RET(pthread_rwlock_unlock(&rw));
	pthread_spin_init(&spin, 0);
	run(4, spins);
	VAL(spun);
	CALL(sem_init(&sem, 0, 2));
	run(3, posts);
	for (i = 0; !sem_trywait(&sem); i++)
		;
	VAL(i);
	CALL(sem_trywait(&sem));
	clock_gettime(CLOCK_REALTIME, &ts);
	CALL(sem_timedwait(&sem, &ts));
	CALL(sem_getvalue(&sem, &i));
	VAL(i);
}

int main(void)
{
	test_cond();
	test_rest();
	return 0;
}
