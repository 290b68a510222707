// SPDX-License-Identifier: Apache-2.0
/*
 * race.c: the first program of a guest: two threads that count. With "locked" as
 * argument they do it right, with "racy" not; then the machine is switched off.
 * Each is on a CPU of its own, if there are two.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 100000
#define RACE_S 0.3 /* long enough to be preempted on one CPU */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;
static int counter, racy;

static __attribute__((noinline)) void count(void)
{
	counter++; /* here */
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void stay_on(long cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		puts("not on a CPU of its own");
}

static void *thread(void *arg)
{
	double end;
	int i;

	stay_on((long)arg % sysconf(_SC_NPROCESSORS_ONLN));
	pthread_barrier_wait(&barrier); /* nothing orders them after this */
	end = seconds() + RACE_S;
	for (i = 0; racy ? seconds() < end : i < ROUNDS; i++) {
		if (!racy)
			pthread_mutex_lock(&lock);
		count();
		if (!racy)
			pthread_mutex_unlock(&lock);
	}
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t threads[2];
	long i;

	racy = argc > 1 && !strcmp(argv[1], "racy");
	pthread_barrier_init(&barrier, NULL, 2);
	for (i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, thread, (void *)i);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	printf("counted to %d%s\n", counter,
	       counter == 2 * ROUNDS ? ", all" : "");
	fflush(stdout);
	reboot(RB_POWER_OFF);
	return 1;
}
