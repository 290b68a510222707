// SPDX-License-Identifier: Apache-2.0
/* A recursion without an end whose frames hold nothing, and which makes system calls
 * all the way: a SIGSEGV to the program, wherever it ends. */
#include <setjmp.h>
#include <sys/time.h>
#include "t.h"

#define SIZE (64 * 1024)

/* The timer's signal may come to either thread, whose stacks are their own. */
static char stacks[2][SIZE] __attribute__((aligned(16)));
static char *alt; /* of the thread that recurses */
static sigjmp_buf env;
static volatile int calls, ticks, overflows;

static void overflow(int sig)
{
	volatile char here;

	say("signal %d: on the alternate stack %d, deep %d", sig,
	    (char *)&here >= alt && (char *)&here < alt + SIZE, calls > 1000);
	siglongjmp(env, 1);
}

static void overflow_in_storm(int sig)
{
	overflows += sig == SIGSEGV;
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
	stack_t st = { .ss_sp = arg, .ss_size = SIZE };
	volatile int i;

	alt = arg;
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

/* So often that interrupts come at all depths. */
static void *storm(void *arg)
{
	stack_t st = { .ss_sp = arg, .ss_size = SIZE };
	volatile int i;

	MUST(!sigaltstack(&st, NULL));
	on_signal_flags(SIGSEGV, overflow_in_storm, SA_ONSTACK);
	for (i = 0; i < 5000; i++)
		if (!sigsetjmp(env, 1))
			VAL(deep_without(0));
	return NULL;
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
	test(stacks[0]);
	MUST(!setitimer(ITIMER_REAL, &often, NULL));
	pthread_create(&t, NULL, test, stacks[1]);
	pthread_join(t, NULL);
	pthread_create(&t, NULL, storm, stacks[1]);
	pthread_join(t, NULL);
	MUST(!setitimer(ITIMER_REAL, &off, NULL));
	VAL(overflows);
	IS(ticks > 0);
	return 0;
}
