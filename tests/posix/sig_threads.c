// SPDX-License-Identifier: Apache-2.0
/* Signals to threads, and to processes with threads. */
#include <semaphore.h>
#include <sys/syscall.h>
#include "t.h"

#define N 8

static _Thread_local int my_hits, my_number;
static sem_t ready, done;
static volatile int hits_of[N], stop;

static void hit(int sig)
{
	(void)sig;
	my_hits++;
	hits_of[my_number]++;
	sem_post(&done);
}

static void *pausing(void *arg)
{
	my_number = (int)(intptr_t)arg;
	sem_post(&ready);
	while (!stop)
		pause();
	return (void *)(intptr_t)my_hits;
}

static void *spinning(void *arg)
{
	volatile long n = 0;

	my_number = (int)(intptr_t)arg;
	sem_post(&ready);
	while (!stop)
		n = n + 1;
	return (void *)(intptr_t)my_hits;
}

static void wait_sem(sem_t *s)
{
	while (sem_wait(s)) {
		int error = errno; /* MUST() clears it */

		MUST(error == EINTR);
	}
}

static void each_thread(const char *name, void *(*run)(void *), int rounds)
{
	pthread_t t[N];
	void *result;
	int i, j;

	stop = 0;
	memset((void *)hits_of, 0, sizeof(hits_of));
	for (i = 0; i < N; i++)
		pthread_create(&t[i], NULL, run, (void *)(intptr_t)i);
	for (i = 0; i < N; i++)
		wait_sem(&ready);
	for (j = 0; j < rounds; j++)
		for (i = 0; i < N; i++) {
			pthread_kill(t[i], SIGUSR1);
			wait_sem(&done);
		}
	stop = 1;
	for (i = 0; i < N; i++) {
		/* The end is asked for by a flag, so wake them until they see it. */
		int spare = hits_of[i];

		while (pthread_tryjoin_np(t[i], &result)) {
			pthread_kill(t[i], SIGUSR2);
			sleep_ms(1);
		}
		say("%s thread %d: %d hits, %d its own", name, i, spare,
		    (int)(intptr_t)result);
	}
}

static void nothing(int sig)
{
	(void)sig;
}

static void *open_thread(void *arg)
{
	sigset_t usr1 = SET_OF(SIGUSR1);

	my_number = 3;
	(void)arg;
	pthread_sigmask(SIG_UNBLOCK, &usr1, NULL);
	sem_post(&ready);
	while (!stop)
		pause();
	return NULL;
}

/* A process's signal goes to a thread that does not block it. */
static void test_process(void)
{
	sigset_t usr1 = SET_OF(SIGUSR1), got;
	pthread_t t;
	int i;

	stop = 0;
	memset((void *)hits_of, 0, sizeof(hits_of));
	pthread_sigmask(SIG_BLOCK, &usr1, NULL);
	pthread_create(&t, NULL, open_thread, NULL);
	wait_sem(&ready);
	for (i = 0; i < 50; i++) {
		kill(getpid(), SIGUSR1);
		wait_sem(&done);
	}
	VAL(hits_of[3]);
	VAL(hits_of[0]);
	pthread_kill(pthread_self(), SIGUSR1);
	sigpending(&got);
	IS(sigismember(&got, SIGUSR1));
	stop = 1;
	while (pthread_tryjoin_np(t, NULL)) {
		pthread_kill(t, SIGUSR2);
		sleep_ms(1);
	}
	pthread_sigmask(SIG_UNBLOCK, &usr1, NULL);
	VAL(hits_of[0]);
	while (!sem_trywait(&done))
		;
}

static void *inherits(void *arg)
{
	sigset_t now;

	(void)arg;
	pthread_sigmask(SIG_BLOCK, NULL, &now);
	return (void *)(intptr_t)sigismember(&now, SIGTERM);
}

static void test_rest(void)
{
	sigset_t term = SET_OF(SIGTERM);
	pthread_t t;
	void *is;

	pthread_sigmask(SIG_BLOCK, &term, NULL);
	pthread_create(&t, NULL, inherits, NULL);
	pthread_join(t, &is);
	say("the mask is inherited: %d", (int)(intptr_t)is);
	RET(pthread_kill(pthread_self(), 0));
	RET(pthread_kill(pthread_self(), 300));
	CALL(syscall(SYS_tgkill, getpid(), 1, SIGUSR1));
}

/* Each ends the process, whichever thread it is for. */
static int child(const char *how)
{
	pthread_t t;

	stop = 0;
	sem_init(&ready, 0, 0);
	pthread_create(&t, NULL, *how == 's' ? spinning : pausing, NULL);
	wait_sem(&ready);
	pthread_kill(t, *how == 'k' ? SIGKILL : SIGTERM);
	while (true)
		pause();
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return child(argv[1]);
	SELF(argv);
	sem_init(&ready, 0, 0);
	sem_init(&done, 0, 0);
	on_signal_flags(SIGUSR1, hit, 0);
	on_signal_flags(SIGUSR2, nothing, 0);
	each_thread("pausing", pausing, 20);
	each_thread("spinning", spinning, 5);
	test_process();
	say_status("kill", wait_status(spawn_self("k", NULL, NULL)));
	say_status("spinning", wait_status(spawn_self("s", NULL, NULL)));
	say_status("pausing", wait_status(spawn_self("p", NULL, NULL)));
	test_rest();
	return 0;
}
