// SPDX-License-Identifier: Apache-2.0
/* A recursion without an end whose frames hold nothing, and which makes system calls
 * all the way: a SIGSEGV to the program, wherever it ends. */
#include <setjmp.h>
#include <sys/time.h>
#include "t.h"

#define SIZE (64 * 1024)

static char alt[SIZE] __attribute__((aligned(16)));
static sigjmp_buf env;
static volatile int calls, ticks;

static void overflow(int sig)
{
	volatile char here;

	say("signal %d: on the alternate stack %d, deep %d", sig,
	    (char *)&here >= alt && (char *)&here < alt + SIZE, calls > 1000);
	siglongjmp(env, 1);
}

static void tick(int sig)
{
	ticks += sig != 0;
}

__attribute__((noinline)) static int deep(int n)
{
	int m;

	calls = n;
	getppid();
	m = deep(n + 1);
	return m - n * calls;
}

__attribute__((noinline)) static int deep_without(int n)
{
	int m;

	calls = n;
	m = deep_without(n + 1);
	return m - n * calls;
}

static void *test(void *arg)
{
	stack_t st = { .ss_sp = alt, .ss_size = SIZE };
	volatile int i;

	MUST(!sigaltstack(&st, NULL));
	on_signal_flags(SIGSEGV, overflow, SA_ONSTACK);
	for (i = 0; i < 20; i++)
		if (!sigsetjmp(env, 1))
			VAL(i % 2 ? deep(0) : deep_without(0));
		else
			say_status("it goes on",
				   wait_status(spawn_self("exit", NULL, NULL)));
	return arg;
}

int main(int argc, char **argv)
{
	struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, off = { 0 };
	pthread_t t;

	if (argc > 1 && !strcmp(argv[1], "exit"))
		return 5;
	if (argc > 1)
		return deep(0);
	SELF(argv);
	say_status("without a handler",
		   wait_status(spawn_self("deep", NULL, NULL)));
	on_signal_flags(SIGALRM, tick, SA_RESTART | SA_ONSTACK);
	test(NULL);
	MUST(!setitimer(ITIMER_REAL, &often, NULL));
	pthread_create(&t, NULL, test, NULL);
	pthread_join(t, NULL);
	MUST(!setitimer(ITIMER_REAL, &off, NULL));
	IS(ticks > 0);
	return 0;
}
