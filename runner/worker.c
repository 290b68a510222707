// SPDX-License-Identifier: Apache-2.0
/* worker.c: the host threads on which tasks run, see worker.h. */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cpu.h"
#include "exit.h"
#include "futex.h"
#include "log.h"
#include "stack.h"
#include "worker.h"

/* How many wait, and how long. */
#ifdef RUNNER_RACE
#define MAX_IDLE 0 /* TSan tells who created a thread: it is to be one task's */
#else
#define MAX_IDLE 32
#endif
#define IDLE_NS 1000000000u

struct worker {
	_Atomic u32 busy; /* futex: run and arg are set */
	void (*run)(void *);
	void *arg;
	int tid;
	struct worker *next; /* that waits longer */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct worker *idle; /* the last that came: what it needs is in the caches */
static u32 idle_count;

static pthread_attr_t attr;

void worker_init(void)
{
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, THREAD_STACK);
	pthread_attr_setguardsize(&attr, THREAD_GUARD);
}

static bool enter_idle(struct worker *w)
{
	bool entered;

	pthread_mutex_lock(&lock);
	entered = idle_count < MAX_IDLE;
	if (entered) {
		w->busy = 0;
		w->next = idle;
		idle = w;
		idle_count++;
	}
	pthread_mutex_unlock(&lock);
	return entered;
}

/* False: somebody took it. */
static bool leave_idle(struct worker *w)
{
	struct worker **p;
	bool found;

	pthread_mutex_lock(&lock);
	for (p = &idle; *p && *p != w; p = &(*p)->next)
		;
	found = *p;
	if (found) {
		*p = w->next;
		idle_count--;
	}
	pthread_mutex_unlock(&lock);
	return found;
}

static struct worker *take_idle(void)
{
	struct worker *w;

	pthread_mutex_lock(&lock);
	w = idle;
	if (w) {
		idle = w->next;
		idle_count--;
	}
	pthread_mutex_unlock(&lock);
	return w;
}

/* Until there is something to run; false: nothing came. */
static bool rest(struct worker *w)
{
	struct timespec until =
		timespec_of_ns(clock_ns(CLOCK_MONOTONIC) + IDLE_NS);

	if (!enter_idle(w))
		return false;
	pthread_setname_np(pthread_self(), "idle");
	while (!atomic_load(&w->busy))
		if (futex_wait(&w->busy, 0, &until) == ETIMEDOUT &&
		    leave_idle(w))
			return false;
	return true;
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct stack stack;

	w->tid = (int)syscall(SYS_gettid);
	stack_init(&stack);
	do
		w->run(w->arg);
	while (rest(w));
	stack_deinit(&stack);
	free(w);
	return NULL;
}

static void create(void (*run)(void *), void *arg, const char *what)
{
	struct worker *w = calloc(1, sizeof(*w));
	pthread_t thread;
	int err = ENOMEM;

	if (w) {
		w->run = run;
		w->arg = arg;
		err = pthread_create(&thread, &attr, worker_main, w);
	}
	if (err)
		die(EXIT_HOST, "no thread for the guest's task %s: %s", what,
		    strerror(err));
}

void worker_run(const struct cpu *cpu, void (*run)(void *), void *arg,
		const char *what)
{
	struct worker *w = take_idle();

	if (!w) {
		create(run, arg, what);
		return;
	}
	cpu_pin(cpu, w->tid);
	w->run = run;
	w->arg = arg;
	atomic_store(&w->busy, 1);
	/* It may have gone to its end by now: then nobody waits there. */
	futex_wake(&w->busy, 1);
}
