// SPDX-License-Identifier: Apache-2.0
/*
 * ordered.c: the first program of a guest: two threads that take turns with one
 * variable, in all ways that order them. No report may come of it.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 200

static int value; /* whose turn it is may change it */
static int turn, pipes[2][2], events[2];
static atomic_int flag;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static sem_t semaphores[2];

/* Each gives the turn to the other one, or waits for its own. */
static void pipe_give(int me)
{
	if (write(pipes[!me][1], "", 1) != 1)
		abort();
}

static void pipe_take(int me)
{
	char c;

	if (read(pipes[me][0], &c, 1) != 1)
		abort();
}

static void event_give(int me)
{
	eventfd_write(events[!me], 1);
}

static void event_take(int me)
{
	eventfd_t n;

	eventfd_read(events[me], &n);
}

static void semaphore_give(int me)
{
	sem_post(&semaphores[!me]);
}

static void semaphore_take(int me)
{
	sem_wait(&semaphores[me]);
}

static void flag_give(int me)
{
	atomic_store(&flag, !me);
}

static void flag_take(int me)
{
	while (atomic_load(&flag) != me)
		sched_yield();
}

static void condition_give(int me)
{
	pthread_mutex_lock(&lock);
	turn = !me;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void condition_take(int me)
{
	pthread_mutex_lock(&lock);
	while (turn != me)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

static const struct way {
	void (*give)(int me), (*take)(int me);
} ways[] = {
	{ pipe_give, pipe_take }, { event_give, event_take },
	{ semaphore_give, semaphore_take }, { flag_give, flag_take },
	{ condition_give, condition_take },
};

/* 0 begins. */
static void take_turns(int me, const struct way *way)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (me || i)
			way->take(me);
		value++;
		way->give(me);
	}
	if (!me)
		way->take(me);
}

static void by_rwlock(int me)
{
	int i, sum = 0;

	for (i = 0; i < ROUNDS; i++) {
		pthread_rwlock_rdlock(&rwlock);
		sum += value;
		pthread_rwlock_unlock(&rwlock);
		pthread_rwlock_wrlock(&rwlock);
		value++;
		pthread_rwlock_unlock(&rwlock);
	}
}

/* What one thread allocates and unmaps may be the other's next. */
static void by_memory(int me)
{
	char *p;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		p = malloc(100 + i);
		memset(p, i, 100 + i);
		free(p);
		p = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		p[i] = (char)me;
		munmap(p, 65536);
	}
}

static void *thread(void *arg)
{
	int me = !!arg;
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		take_turns(me, &ways[i]);
		pthread_barrier_wait(&barrier);
	}
	by_rwlock(me);
	by_memory(me);
	return NULL;
}

/* A child's memory may be the next one's. */
static void run_children(void)
{
	char *argv[] = { "ordered", "child", NULL };
	int i, status;
	pid_t pid;

	for (i = 0; i < 5; i++) {
		pid = vfork();
		if (!pid)
			_exit(value++ & 1);
		waitpid(pid, &status, 0);
		if (posix_spawn(&pid, "/ordered", NULL, NULL, argv, NULL))
			abort();
		waitpid(pid, &status, 0);
	}
}

static void on_signal(int signo)
{
	value += signo;
}

int main(int argc, char **argv)
{
	pthread_t other;
	int i;

	if (argc > 1 && !strcmp(argv[1], "child"))
		return value++;
	for (i = 0; i < 2; i++) {
		sem_init(&semaphores[i], 0, 0);
		events[i] = eventfd(0, 0);
		if (pipe(pipes[i]))
			abort();
	}
	pthread_barrier_init(&barrier, NULL, 2);
	signal(SIGUSR1, on_signal);
	value = 1;
	for (i = 0; i < 3; i++) {
		pthread_create(&other, NULL, thread, "");
		thread(NULL);
		pthread_join(other, NULL);
		value++;
		raise(SIGUSR1);
		run_children();
	}
	printf("all in order\n");
	fflush(stdout);
	reboot(RB_POWER_OFF);
	return 1;
}
