// SPDX-License-Identifier: Apache-2.0
/* sigqueue, real-time order, sigwaitinfo, sigtimedwait, signalfd. */
#include <sys/signalfd.h>
#include "t.h"

static void got(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	say("RTMIN+%d value %d code %d", sig - SIGRTMIN, si->si_value.sival_int,
	    si->si_code);
}

static void queue(int sig, int value)
{
	union sigval v = { .sival_int = value };

	MUST(!sigqueue(getpid(), sig, v));
}

static void queue_some(void)
{
	queue(SIGRTMIN + 3, 1);
	queue(SIGRTMIN + 1, 2);
	queue(SIGRTMIN + 3, 3);
	queue(SIGRTMIN + 2, 4);
	queue(SIGRTMIN + 1, 5);
	queue(SIGRTMIN + 1, 6);
}

static sigset_t all;

static void test_handlers(void)
{
	int i;
	struct sigaction sa = { .sa_sigaction = got, .sa_flags = SA_SIGINFO };

	sa.sa_mask = all;
	for (i = 1; i <= 3; i++)
		sigaction(SIGRTMIN + i, &sa, NULL);
	queue_some();
	say("unblock");
	sigprocmask(SIG_UNBLOCK, &all, NULL);
	sigprocmask(SIG_BLOCK, &all, NULL);
}

static void test_wait(void)
{
	struct timespec none = { 0, 0 }, some = { 0, 20000000 };
	siginfo_t si;
	int i, sig;

	queue_some();
	for (i = 0; i < 6; i++) {
		memset(&si, 0, sizeof(si));
		sig = sigwaitinfo(&all, &si);
		say("RTMIN+%d value %d code %d own %d", sig - SIGRTMIN,
		    si.si_value.sival_int, si.si_code, si.si_pid == getpid());
	}
	CALL(sigtimedwait(&all, &si, &none));
	CALL(sigtimedwait(&all, &si, &some));
	kill(getpid(), SIGUSR1);
	CALL(sigtimedwait(&all, &si, &some));
	IS(si.si_code == SI_USER);
	kill(getpid(), SIGUSR1);
	RET(sigwait(&all, &sig));
	VAL(sig);
}

static void test_signalfd(void)
{
	struct signalfd_siginfo info[8];
	int fd = signalfd(-1, &all, SFD_NONBLOCK | SFD_CLOEXEC), i, n;

	CALL(read(fd, info, sizeof(info)));
	queue_some();
	n = read(fd, info, sizeof(info)) / (int)sizeof(info[0]);
	VAL(n);
	for (i = 0; i < n; i++)
		say("RTMIN+%d value %d", (int)info[i].ssi_signo - SIGRTMIN,
		    info[i].ssi_int);
	CALL(read(fd, info, sizeof(info)));
	close(fd);
}

static void *waiter(void *arg)
{
	siginfo_t si;
	int sig = sigwaitinfo(&all, &si);

	*(int *)arg = si.si_value.sival_int;
	return (void *)(intptr_t)(sig - SIGRTMIN);
}

static void test_threads(void)
{
	pthread_t t;
	int value = 0;
	void *sig;

	pthread_create(&t, NULL, waiter, &value);
	sleep_ms(30);
	queue(SIGRTMIN + 2, 42);
	pthread_join(t, &sig);
	say("a thread waited: RTMIN+%d value %d", (int)(intptr_t)sig, value);
}

static void test_many(void)
{
	siginfo_t si;
	int i, wrong = 0;

	for (i = 0; i < 300; i++)
		queue(SIGRTMIN + 1 + i % 2, i);
	for (i = 0; i < 150; i++)
		wrong += sigwaitinfo(&all, &si) != SIGRTMIN + 1 ||
			 si.si_value.sival_int != 2 * i;
	for (i = 0; i < 150; i++)
		wrong += sigwaitinfo(&all, &si) != SIGRTMIN + 2 ||
			 si.si_value.sival_int != 2 * i + 1;
	VAL(wrong);
}

int main(void)
{
	int i;

	all = SET_OF(SIGUSR1, SIGUSR2);
	for (i = 1; i <= 3; i++)
		sigaddset(&all, SIGRTMIN + i);
	sigprocmask(SIG_BLOCK, &all, NULL);
	IS(SIGRTMAX - SIGRTMIN >= 28);
	test_handlers();
	test_wait();
	test_signalfd();
	test_threads();
	test_many();
	return 0;
}
