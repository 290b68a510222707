// SPDX-License-Identifier: Apache-2.0
/* 500 tasks at once: threads, and processes. */
#include "t.h"

#define N 500

static pthread_barrier_t barrier;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int counter;

static void *thread(void *arg)
{
	int i;

	pthread_barrier_wait(&barrier);
	for (i = 0; i < 20; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		pthread_mutex_unlock(&mutex);
		if (i % 5 == 0)
			sched_yield();
	}
	pthread_barrier_wait(&barrier);
	return arg;
}

static void test_threads(void)
{
	static pthread_t t[N];
	pthread_attr_t attr;
	void *result;
	long sum = 0;
	int i;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 32768);
	pthread_barrier_init(&barrier, NULL, N);
	for (i = 0; i < N; i++)
		MUST(!pthread_create(&t[i], &attr, thread, (void *)(intptr_t)i));
	for (i = 0; i < N; i++) {
		pthread_join(t[i], &result);
		sum += (intptr_t)result;
	}
	say("%d threads: counter %d, sum %ld", N, counter, sum);
}

static void test_processes(void)
{
	static pid_t pids[N];
	int i, status, ends[3] = { 0 };

	for (i = 0; i < N; i++)
		pids[i] = spawn_self("pause", NULL, NULL);
	for (i = 0; i < N; i++)
		kill(pids[i], i % 2 ? SIGTERM : SIGKILL);
	for (i = 0; i < N; i++) {
		status = wait_status(pids[i]);
		ends[!WIFSIGNALED(status)	      ? 0 :
		     WTERMSIG(status) == SIGTERM ? 1 :
						     2]++;
	}
	say("%d processes: %d TERM, %d KILL, %d other", N, ends[1], ends[2],
	    ends[0]);
}

int main(int argc, char **argv)
{
	int i;

	if (argc > 1)
		while (true)
			pause();
	SELF(argv);
	for (i = 0; i < 2; i++)
		test_threads();
	test_processes();
	return 0;
}
