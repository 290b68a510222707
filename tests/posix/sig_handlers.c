// SPDX-License-Identifier: Apache-2.0
/* Handlers: nested, several pending at once, masks, flags, siginfo. */
#include "t.h"

static int depth;

static void nest(int sig)
{
	depth++;
	say("in %d, depth %d", sig, depth);
	if (sig == SIGUSR1)
		raise(SIGUSR2);
	else if (sig == SIGUSR2)
		raise(SIGTERM);
	say("leave %d, depth %d", sig, depth);
	depth--;
}

static void again(int sig)
{
	if (++depth < 5)
		raise(sig);
	say("again, depth %d", depth);
	depth--;
}

static void order(int sig)
{
	say("signal %d", sig);
}

static void info(int sig, siginfo_t *si, void *uc)
{
	say("signal %d: code %d, own pid %d, own uid %d, context %d", sig,
	    si->si_code, si->si_pid == getpid(), si->si_uid == getuid(),
	    uc != NULL);
	IS(si->si_signo == sig);
}

static void masked(int sig)
{
	sigset_t now;

	sigprocmask(SIG_BLOCK, NULL, &now);
	say("in %d: blocked itself %d, USR1 %d, TERM %d", sig,
	    sigismember(&now, sig), sigismember(&now, SIGUSR1),
	    sigismember(&now, SIGTERM));
}

static void test_pending(void)
{
	sigset_t all = SET_OF(SIGUSR1, SIGUSR2, SIGTERM, SIGHUP, SIGALRM), got;
	int sigs[] = { SIGTERM, SIGUSR2, SIGHUP, SIGALRM, SIGUSR1 };
	unsigned int i;

	sigprocmask(SIG_BLOCK, &all, NULL);
	for (i = 0; i < ARRAY_SIZE(sigs); i++) {
		on_signal_flags(sigs[i], order, 0);
		raise(sigs[i]);
		raise(sigs[i]);	/* a standard signal is pending once */
	}
	sigpending(&got);
	for (i = 0; i < ARRAY_SIZE(sigs); i++)
		say("pending %d: %d", sigs[i], sigismember(&got, sigs[i]));
	say("unblock");
	sigprocmask(SIG_UNBLOCK, &all, NULL);
	sigpending(&got);
	IS(sigisemptyset(&got));
}

static void test_masks(void)
{
	struct sigaction sa = { .sa_handler = masked }, old;
	sigset_t now;

	sigemptyset(&sa.sa_mask);
	sigaddset(&sa.sa_mask, SIGUSR1);
	sigaction(SIGHUP, &sa, NULL);
	raise(SIGHUP);
	sa.sa_flags = SA_NODEFER;
	sigaction(SIGHUP, &sa, NULL);
	raise(SIGHUP);
	sigprocmask(SIG_BLOCK, NULL, &now);
	IS(sigisemptyset(&now));
	sa.sa_flags = SA_RESETHAND;
	sigaction(SIGHUP, &sa, NULL);
	raise(SIGHUP);
	sigaction(SIGHUP, NULL, &old);
	IS(old.sa_handler == SIG_DFL);
	CALL(sigaction(SIGKILL, &sa, NULL));
	CALL(sigaction(SIGSTOP, &sa, NULL));
	CALL(sigaction(200, &sa, NULL));
	CALL(kill(getpid(), 200));
	CALL(kill(getpid(), 0));
}

static volatile sig_atomic_t ticks;

static void tick(int sig)
{
	(void)sig;
	ticks++;
}

/* Signals to a program that makes no system call. */
static void test_busy(void)
{
	timer_t timer;
	struct itimerspec its = { { 0, 5000000 }, { 0, 5000000 } };
	struct sigevent ev = {
		.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM,
	};
	volatile double sum = 0;

	on_signal_flags(SIGALRM, tick, SA_RESTART);
	CALL(timer_create(CLOCK_MONOTONIC, &ev, &timer));
	CALL(timer_settime(timer, 0, &its, NULL));
	while (ticks < 20)
		sum = sum + 1;
	CALL(timer_delete(timer));
	IS(sum > 0);
}

int main(void)
{
	int i;

	on_signal_flags(SIGUSR1, nest, 0);
	on_signal_flags(SIGUSR2, nest, 0);
	on_signal_flags(SIGTERM, nest, 0);
	for (i = 0; i < 2; i++)
		raise(SIGUSR1);
	on_signal_flags(SIGUSR1, again, SA_NODEFER);
	raise(SIGUSR1);
	on_signal_info(SIGUSR1, info, 0);
	raise(SIGUSR1);
	kill(getpid(), SIGUSR1);
	signal(SIGUSR1, SIG_IGN);
	CALL(raise(SIGUSR1));
	test_pending();
	test_masks();
	test_busy();
	return 0;
}
