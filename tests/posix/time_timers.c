// SPDX-License-Identifier: Apache-2.0
/* itimers, POSIX timers, timerfd, alarm. */
#include <poll.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include "t.h"

/* On a busy host it may take long, but not for ever. */
#define LONG_US 60000000

static volatile int ticks, overruns;
static timer_t timer;

static void tick(int sig)
{
	(void)sig;
	ticks++;
}

static void info_tick(int sig, siginfo_t *si, void *uc)
{
	(void)sig;
	(void)uc;
	ticks++;
	overruns += timer_getoverrun(timer);
	if (si->si_code != SI_TIMER || si->si_value.sival_int != 77)
		say("code %d value %d", si->si_code, si->si_value.sival_int);
}

static void until(int n)
{
	sigset_t none, old, block = SET_OF(SIGALRM, SIGVTALRM, SIGPROF, SIGUSR1);

	sigemptyset(&none);
	sigprocmask(SIG_BLOCK, &block, &old);
	while (ticks < n)
		sigsuspend(&none);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void test_itimer(void)
{
	struct itimerval it = { { 0, 10000 }, { 0, 20000 } }, old, off = { 0 };
	long long began = now_us();
	volatile long n = 0;

	on_signal_flags(SIGALRM, tick, 0);
	CALL(setitimer(ITIMER_REAL, &it, NULL));
	until(5);
	began = now_us() - began;
	IS(began >= 59000 && began < LONG_US);
	CALL(setitimer(ITIMER_REAL, &off, &old));
	IS(old.it_interval.tv_usec == 10000 && old.it_value.tv_sec == 0);
	CALL(getitimer(ITIMER_REAL, &old));
	IS(!old.it_value.tv_sec && !old.it_value.tv_usec);
	/* These count what the program uses. */
	ticks = 0;
	on_signal_flags(SIGVTALRM, tick, 0);
	CALL(setitimer(ITIMER_VIRTUAL, &it, NULL));
	while (ticks < 3)
		n = n + 1;
	CALL(setitimer(ITIMER_VIRTUAL, &off, NULL));
	ticks = 0;
	on_signal_flags(SIGPROF, tick, 0);
	CALL(setitimer(ITIMER_PROF, &it, NULL));
	while (ticks < 3)
		getppid();
	CALL(setitimer(ITIMER_PROF, &off, NULL));
	CALL(setitimer(9, &it, NULL));
}

static void test_alarm(void)
{
	long long began = now_us();

	ticks = 0;
	CALL(alarm(1000));
	CALL(alarm(1) > 900);
	until(1);
	began = now_us() - began;
	IS(began >= 990000 && began < LONG_US);
	CALL(alarm(0));
}

/* It ends a program that makes no system call, but for the first. */
static _Noreturn void spin(const char *how)
{
	struct itimerval it = { { 0, 0 }, { 0, 20000 } };
	volatile long n = 0;

	if (*how == 'a')
		alarm(1);
	else
		setitimer(*how == 'v' ? ITIMER_VIRTUAL : ITIMER_PROF, &it, NULL);
	while (true)
		n = n + 1;
}

static void test_ends(void)
{
	say_status("alarm", wait_status(spawn_self("alarm", NULL, NULL)));
	say_status("virtual", wait_status(spawn_self("virtual", NULL, NULL)));
	say_status("profile", wait_status(spawn_self("profile", NULL, NULL)));
}

static void test_posix(void)
{
	struct sigevent ev = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGUSR1,
		.sigev_value.sival_int = 77,
	};
	struct itimerspec its = { { 0, 5000000 }, { 0, 5000000 } }, now;
	sigset_t usr1 = SET_OF(SIGUSR1);
	int n;

	ticks = 0;
	on_signal_info(SIGUSR1, info_tick, 0);
	CALL(timer_create(CLOCK_MONOTONIC, &ev, &timer));
	CALL(timer_settime(timer, 0, &its, NULL));
	until(10);
	CALL(timer_gettime(timer, &now));
	IS(now.it_interval.tv_nsec == 5000000 && now.it_value.tv_nsec > 0);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	overruns = 0;
	sleep_ms(100);
	n = ticks;
	sigprocmask(SIG_UNBLOCK, &usr1, NULL);
	until(n + 1);
	IS(overruns >= 10);
	its = (struct itimerspec){ 0 };
	CALL(timer_settime(timer, 0, &its, NULL));
	clock_gettime(CLOCK_REALTIME, &its.it_value);
	CALL(timer_delete(timer));
	CALL(timer_create(CLOCK_REALTIME, &ev, &timer));
	ticks = 0;
	CALL(timer_settime(timer, TIMER_ABSTIME, &its, NULL));
	until(1);
	CALL(timer_delete(timer));
	CALL(timer_create(1234, &ev, &timer));
}

static volatile int called;

static void notified(union sigval value)
{
	called += value.sival_int;
}

static void test_thread(void)
{
	struct sigevent ev = {
		.sigev_notify = SIGEV_THREAD,
		.sigev_notify_function = notified,
		.sigev_value.sival_int = 5,
	};
	struct itimerspec its = { { 0, 0 }, { 0, 5000000 } };

	CALL(timer_create(CLOCK_MONOTONIC, &ev, &timer));
	CALL(timer_settime(timer, 0, &its, NULL));
	while (!called)
		sleep_ms(1);
	VAL(called);
	CALL(timer_delete(timer));
}

static void test_timerfd(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	struct itimerspec its = { { 0 }, { 100, 0 } }, now;
	struct pollfd p = { fd, POLLIN, 0 };
	uint64_t n = 0, sum = 0;

	MUST(fd >= 0);
	CALL(read(fd, &n, sizeof(n)));
	CALL(timerfd_settime(fd, 0, &its, NULL));
	CALL(read(fd, &n, sizeof(n)));
	its = (struct itimerspec){ { 0, 10000000 }, { 0, 20000000 } };
	CALL(timerfd_settime(fd, 0, &its, NULL));
	while (sum < 5) {
		MUST(poll(&p, 1, 5000) == 1);
		MUST(read(fd, &n, sizeof(n)) == sizeof(n));
		sum += n;
	}
	CALL(timerfd_gettime(fd, &now));
	IS(now.it_interval.tv_nsec == 10000000);
	sleep_ms(60);
	MUST(poll(&p, 1, 5000) == 1);
	CALL(read(fd, &n, sizeof(n)));
	IS(n >= 5);
	CALL(read(fd, &n, 4));
	its = (struct itimerspec){ 0 };
	CALL(timerfd_settime(fd, 0, &its, NULL));
	CALL(poll(&p, 1, 30));
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		spin(argv[1]);
	SELF(argv);
	test_itimer();
	test_alarm();
	test_ends();
	test_posix();
	test_thread();
	test_timerfd();
	return 0;
}
