// SPDX-License-Identifier: Apache-2.0
/* A recursion without an end whose frames hold nothing, and which makes system calls
 * all the way: a SIGSEGV to the program, wherever it ends. */
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/time.h>
#include "t.h"

#define SIZE (64 * 1024)

/* The timer's signal may come to either thread, whose stacks are their own. */
static char stacks[2][SIZE] __attribute__((aligned(16)));
static char filled[SIZE];
static char *alt; /* of the thread that recurses */
static sigjmp_buf env;
static volatile int calls, ticks;
static volatile int stop = -1; /* the call that does this, and returns */
static int (*volatile at_stop)(int n);
static volatile int zero;

static void overflow(int sig)
{
	volatile char here;

	say("signal %d: on the alternate stack %d, deep %d", sig,
	    (char *)&here >= alt && (char *)&here < alt + SIZE, calls > 1000);
	siglongjmp(env, 1);
}

static void quiet_overflow(int sig)
{
	siglongjmp(env, sig);
}

static void tick(int sig)
{
	ticks += sig != 0 && getppid() > 0;
}

__attribute__((noinline)) static int deep(int n)
{
	int m;

	calls = n;
	getppid();
	m = deep(n + 1);
	return m - n * calls;
}

/* In code of the C library, or the program's. */
static int wait_for_tick(int n)
{
	int before = ticks;

	while (ticks == before)
		if (n & 2)
			memset(filled, n, SIZE);
	return n;
}

static int divide(int n)
{
	return n / zero;
}

static int call_wrong(int n)
{
	return ((int (*volatile)(int))0)(n);
}

static int trap(int n)
{
	if (n > 0)
		__builtin_trap();
	return n;
}

__attribute__((noinline)) static int deep_without(int n)
{
	int m;

	if (n == stop)
		return at_stop(n);
	calls = n;
	m = deep_without(n + 1);
	return m - n * calls;
}

static void overflow_again(int sig)
{
	say("signal %d, and again", sig);
	deep_without(0);
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

/* At each of the last calls that there is room for. */
static void edge(const char *what, int (*function)(int))
{
	volatile int last, i;

	stop = -1;
	at_stop = function;
	if (!sigsetjmp(env, 1))
		deep_without(0);
	last = calls;
	for (i = 0; i < 600; i += 2) {
		stop = last - i;
		if (!sigsetjmp(env, 1))
			deep_without(0);
	}
	say("%s: it goes on", what);
}

static char *page;

static void on_access(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	if ((char *)si->si_addr != page)
		siglongjmp(env, sig);
	MUST(!mprotect(page, 4096, PROT_READ | PROT_WRITE));
}

static int call_system(int n)
{
	return getppid() - n;
}

static int touch(int n)
{
	return *page = (char)n;
}

static bool goes_on(int n)
{
	stop = n;
	if (sigsetjmp(env, 1))
		return false;
	deep_without(0);
	return true;
}

/* Where there is just room for a system call, a handler has it, and can return. */
static void handlers_have_room(void)
{
	int works = 0, fails = calls, i, count = 0;

	on_signal_info(SIGSEGV, on_access, SA_ONSTACK);
	at_stop = call_system;
	while (works + 1 < fails)
		if (goes_on((works + fails) / 2))
			works = (works + fails) / 2;
		else
			fails = (works + fails) / 2;
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST(page != MAP_FAILED);
	at_stop = touch;
	for (i = 0; i < 300; i++) {
		MUST(!mprotect(page, 4096, PROT_NONE));
		count += goes_on(works - i);
	}
	say("a handler of a fault had room %d times", count);
	at_stop = wait_for_tick;
	for (count = i = 0; i < 300; i++)
		count += goes_on(works - i);
	say("a handler of a signal had room %d times", count);
}

static void *edges(void *arg)
{
	static const int signals[] = { SIGSEGV, SIGFPE, SIGILL };
	stack_t st = { .ss_sp = arg, .ss_size = SIZE };
	size_t i;

	MUST(!sigaltstack(&st, NULL));
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		on_signal_flags(signals[i], quiet_overflow, SA_ONSTACK);
	edge("a signal", wait_for_tick);
	edge("a division", divide);
	edge("a call", call_wrong);
	edge("a trap", trap);
	handlers_have_room();
	return NULL;
}

int main(int argc, char **argv)
{
	struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, off = { 0 };
	stack_t st = { .ss_sp = stacks[0], .ss_size = SIZE };
	pthread_t t;

	if (argc > 1 && !strcmp(argv[1], "exit"))
		return 5;
	if (argc > 1 && !strcmp(argv[1], "again")) {
		MUST(!sigaltstack(&st, NULL));
		on_signal_flags(SIGSEGV, overflow_again, SA_ONSTACK);
		return deep_without(0);
	}
	if (argc > 1)
		return deep(0);
	SELF(argv);
	say_status("without a handler",
		   wait_status(spawn_self("deep", NULL, NULL)));
	say_status("in the handler",
		   wait_status(spawn_self("again", NULL, NULL)));
	on_signal_flags(SIGALRM, tick, SA_RESTART | SA_ONSTACK);
	test(stacks[0]);
	MUST(!setitimer(ITIMER_REAL, &often, NULL));
	pthread_create(&t, NULL, test, stacks[1]);
	pthread_join(t, NULL);
	pthread_create(&t, NULL, edges, stacks[1]);
	pthread_sigmask(SIG_BLOCK, &SET_OF(SIGALRM), NULL); /* here, not there */
	pthread_join(t, NULL);
	MUST(!setitimer(ITIMER_REAL, &off, NULL));
	IS(ticks > 0);
	return 0;
}
