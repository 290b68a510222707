// SPDX-License-Identifier: Apache-2.0
/* pthread_cancel: deferred, asynchronous, disabled, with cleanup. */
#include <poll.h>
#include <semaphore.h>
#include "t.h"

static int fds[2], quiet;
static sem_t ready, never;
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static void cleanup(void *arg)
{
	if (!quiet)
		say("cleanup %s", (char *)arg);
}

static void unlock(void *arg)
{
	say("the mutex is locked: %d", pthread_mutex_trylock(arg) == EBUSY);
	pthread_mutex_unlock(arg);
}

static void sleeps(void) { sleep(100); }
static void pauses(void) { pause(); }
static void waits(void) { sem_wait(&never); }
static void polls(void) { poll(NULL, 0, 100000); }

static void reads(void)
{
	char c;

	if (read(fds[0], &c, 1) < 0)
		say("read failed");
}

static void cond_waits(void)
{
	pthread_mutex_lock(&m);
	pthread_cleanup_push(unlock, &m);
	while (true)
		pthread_cond_wait(&cond, &m);
	pthread_cleanup_pop(0);
}

static void sig_waits(void)
{
	sigset_t set = SET_OF(SIGUSR2);
	int sig;

	sigwait(&set, &sig);
}

static void tests(void)
{
	volatile int i;

	for (i = 0; ; i++)
		if (i % 1000 == 0)
			pthread_testcancel();
}

static void spins_async(void)
{
	volatile long n = 0;

	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	while (true)
		n = n + 1;
}

static void *runs(void *arg)
{
	void (**what)(void) = arg;

	pthread_cleanup_push(cleanup, "outer");
	pthread_cleanup_push(cleanup, "inner");
	sem_post(&ready);
	(*what)();
	pthread_cleanup_pop(0);
	pthread_cleanup_pop(0);
	return "returned";
}

static void attempt(const char *name, void (*what)(void), int delay)
{
	pthread_t t;
	void *result;
	int error;

	say("--- %s, %d ms later", name, delay);
	pthread_create(&t, NULL, runs, &what);
	sem_wait(&ready);
	if (delay)
		sleep_ms(delay);
	error = pthread_cancel(t);
	RET(pthread_join(t, &result));
	RET(error);
	say("%s", result == PTHREAD_CANCELED ? "cancelled" : (char *)result);
}

static volatile int go;

static void *disabled(void *arg)
{
	int old;

	RET(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old));
	IS(old == PTHREAD_CANCEL_ENABLE);
	sem_post(&ready);
	while (!go)
		sched_yield();
	sleep_ms(5);
	pthread_testcancel();
	say("still here");
	pthread_cleanup_push(cleanup, "of the disabled");
	RET(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old));
	pthread_testcancel();
	say("not reached");
	pthread_cleanup_pop(0);
	return arg;
}

static void *cancels_itself(void *arg)
{
	pthread_cancel(pthread_self());
	sleep_ms(1);
	return arg;
}

static void test_many(void)
{
	pthread_t t;
	void *result;
	int i, cancelled = 0;
	void (*what)(void) = pauses;

	quiet = 1;
	for (i = 0; i < 200; i++) {
		what = i % 2 ? pauses : spins_async;
		pthread_create(&t, NULL, runs, &what);
		sem_wait(&ready);
		pthread_cancel(t);
		pthread_join(t, &result);
		cancelled += result == PTHREAD_CANCELED;
	}
	VAL(cancelled);
}

int main(void)
{
	static const struct {
		const char *name;
		void (*what)(void);
	} all[] = {
		{ "sleep", sleeps }, { "pause", pauses }, { "sem_wait", waits },
		{ "poll", polls }, { "read", reads },
		{ "pthread_cond_wait", cond_waits }, { "sigwait", sig_waits },
		{ "pthread_testcancel", tests }, { "asynchronous", spins_async },
	};
	pthread_t t;
	void *result;
	unsigned int i;

	sem_init(&ready, 0, 0);
	sem_init(&never, 0, 0);
	MUST(!pipe(fds));
	sigprocmask(SIG_BLOCK, &SET_OF(SIGUSR2), NULL);
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		attempt(all[i].name, all[i].what, 0);
		attempt(all[i].name, all[i].what, 20);
	}
	pthread_create(&t, NULL, disabled, NULL);
	sem_wait(&ready);
	MUST(!pthread_cancel(t));
	go = 1;
	pthread_join(t, &result);
	IS(result == PTHREAD_CANCELED);
	pthread_create(&t, NULL, cancels_itself, NULL);
	pthread_join(t, &result);
	IS(result == PTHREAD_CANCELED);
	test_many();
	return 0;
}
