// SPDX-License-Identifier: Apache-2.0
/* Handlers that are left by siglongjmp. */
#include <setjmp.h>
#include <sys/time.h>
#include "t.h"

static sigjmp_buf env, inner_env;
static volatile int count, in_outer;

static void leave(int sig)
{
	count++;
	siglongjmp(env, sig);
}

static void test_raise(void)
{
	on_signal_flags(SIGUSR1, leave, 0);
	for (volatile int i = 0; i < 20000; i++)
		if (!sigsetjmp(env, 1))
			raise(SIGUSR1);
	VAL(count);
}

static __attribute__((noinline)) int spin(volatile int *p)
{
	for (;;)
		++*p;
	return *p;
}

/* Out of code that makes no system call. */
static void test_busy(void)
{
	struct itimerval it = { { 0, 1000 }, { 0, 1000 } }, off = { 0 };
	volatile int i, n = 0;

	count = 0;
	on_signal_flags(SIGALRM, leave, 0);
	for (i = 0; i < 200; i++) {
		if (!sigsetjmp(env, 1)) {
			setitimer(ITIMER_REAL, &it, NULL);
			spin(&n);
		}
		setitimer(ITIMER_REAL, &off, NULL);
	}
	IS(count >= 200);	/* a tick may come twice */
}

/* Out of a system call, whose signal came while it slept. */
static void test_sleeping(void)
{
	struct itimerval it = { { 0, 0 }, { 0, 2000 } };
	volatile int i;
	int fds[2];
	char c;

	MUST(!pipe(fds));
	count = 0;
	on_signal_flags(SIGALRM, leave, SA_RESTART);
	for (i = 0; i < 50; i++)
		if (!sigsetjmp(env, 1)) {
			setitimer(ITIMER_REAL, &it, NULL);
			if (i % 2)
				pause();
			else
				MUST(read(fds[0], &c, 1) == 1);
		}
	VAL(count);
}

/* The inner handler goes to the outer one, which returns as handlers do. */
static void inner(int sig)
{
	siglongjmp(inner_env, sig);
}

static void outer(int sig)
{
	volatile char room[3000];
	sigset_t now;

	(void)sig;
	in_outer++;
	if (!sigsetjmp(inner_env, 1)) {
		raise(SIGUSR2);
		say("not reached");
	}
	memset((void *)room, 1, sizeof(room));
	sigprocmask(SIG_BLOCK, NULL, &now);
	if (in_outer == 1) {
		IS(sigismember(&now, SIGUSR1));
		IS(sigismember(&now, SIGUSR2));
	}
}

static void test_nested(void)
{
	sigset_t now;
	int i;

	on_signal_flags(SIGUSR1, outer, 0);
	on_signal_flags(SIGUSR2, inner, 0);
	for (i = 0; i < 1000; i++)
		raise(SIGUSR1);
	VAL(in_outer);
	sigprocmask(SIG_BLOCK, NULL, &now);
	IS(sigisemptyset(&now));
}

/* Several levels at once. */
static void deeper(int sig)
{
	if (++count % 10)
		raise(sig);
	siglongjmp(env, count);
}

static void test_levels(void)
{
	volatile int i;
	int got;

	count = 0;
	on_signal_flags(SIGUSR1, deeper, SA_NODEFER);
	for (i = 0; i < 100; i++) {
		got = sigsetjmp(env, 1);
		if (!got)
			raise(SIGUSR1);
		else if (got != 10 * (i + 1))
			say("%d levels in round %d", got, i);
	}
	VAL(count);
}

/* Without the mask: the signal stays blocked. */
static void test_mask(void)
{
	sigset_t now;

	on_signal_flags(SIGUSR1, leave, 0);
	if (!sigsetjmp(env, 0))
		raise(SIGUSR1);
	sigprocmask(SIG_BLOCK, NULL, &now);
	IS(sigismember(&now, SIGUSR1));
	sigprocmask(SIG_UNBLOCK, &now, NULL);
}

static __attribute__((noinline)) void jump(jmp_buf where, int value)
{
	longjmp(where, value);
}

static void jump_within(int sig)
{
	jmp_buf own;

	(void)sig;
	count++;
	if (!setjmp(own))
		jump(own, 1);
}

/* A handler's own longjmp() between another and where that arrives. */
static void test_within(void)
{
	struct itimerval it = { { 0, 100 }, { 0, 100 } }, off = { 0 };
	volatile int wrong = 0, value = 2;
	jmp_buf here;
	int got;

	count = 0;
	on_signal_flags(SIGALRM, jump_within, 0);
	setitimer(ITIMER_REAL, &it, NULL);
	for (; count < 2000; value = value % 1000 + 2) {
		got = setjmp(here);
		if (!got)
			jump(here, value);
		wrong += got != value;
	}
	setitimer(ITIMER_REAL, &off, NULL);
	VAL(wrong);
}

/* vfork() and exec go on working after it. */
static void test_vfork(void)
{
	volatile int i;
	int status;
	pid_t pid;

	for (i = 0; i < 20; i++) {
		if (!sigsetjmp(env, 1))
			raise(SIGUSR1);
		pid = vfork();
		if (!pid)
			_exit(i);
		MUST(pid > 0 && waitpid(pid, &status, 0) == pid);
		if (WEXITSTATUS(status) != i)
			say("status %x of %d", status, i);
	}
	say("vfork still works");
}

int main(void)
{
	test_raise();
	test_busy();
	test_sleeping();
	test_nested();
	test_levels();
	test_mask();
	test_within();
	test_vfork();
	return 0;
}
