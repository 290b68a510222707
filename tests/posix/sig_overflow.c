// SPDX-License-Identifier: Apache-2.0
/* A stack that overflows is a SIGSEGV, whose handler has another stack. */
#include <alloca.h>
#include <setjmp.h>
#include "t.h"

#define SIZE (64 * 1024)

static char alt[SIZE] __attribute__((aligned(16)));
static sigjmp_buf env;

static void overflow(int sig, siginfo_t *si, void *uc)
{
	volatile char here;

	(void)uc;
	say("signal %d: on the alternate stack %d, an address %d", sig,
	    (char *)&here >= alt && (char *)&here < alt + SIZE,
	    si->si_addr != NULL);
	siglongjmp(env, 1);
}

static volatile int sink;

__attribute__((noinline)) static int deep(int n)
{
	volatile char room[512];

	room[n % 512] = (char)n;
	if (n == -1)
		return 0;
	n = deep(n + 1) + room[n % 512];
	sink = n;
	return n + 1;
}

/* Frames that nobody writes to, or only at their upper end: smaller than the guard below
 * the stack, larger, and of a size that only running tells. */
static volatile char *volatile upper;

__attribute__((noinline)) static int deep_quietly(int n)
{
	volatile char room[256];

	if (n == -1)
		return room[0] = 1;
	n = deep_quietly(n + 1);
	sink = n;
	return n + room[n % 256];
}

__attribute__((noinline)) static int deep_in_leaps(int n)
{
	volatile char room[24 * 1024];

	upper = room + sizeof(room) - 1;
	*upper = 1;
	if (n == -1)
		return 0;
	n = deep_in_leaps(n + 1);
	sink = n;
	return n + *upper;
}

__attribute__((noinline)) static int deep_by_alloca(int n)
{
	volatile char *room = alloca(20000 + n % 64);

	upper = room + 20000;
	if (n == -1)
		return 0;
	n = deep_by_alloca(n + 1);
	sink = n;
	return n + *upper;
}

static int (*const ways[])(int) = { deep, deep_quietly, deep_in_leaps,
				    deep_by_alloca };
static const char *const way_names[] = { "deep", "quietly", "in leaps",
					 "by alloca" };

static void *test(void *arg)
{
	stack_t st = { .ss_sp = alt, .ss_size = SIZE };
	volatile int i;

	MUST(!sigaltstack(&st, NULL));
	on_signal_info(SIGSEGV, overflow, SA_ONSTACK);
	for (i = 0; i < 3; i++)
		if (!sigsetjmp(env, 1))
			VAL(deep(0) > 0);
		else
			say("the stack overflowed");
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ways); i++)
		if (argc > 1 && !strcmp(argv[1], way_names[i]))
			return ways[i](0);
	SELF(argv);
	for (i = 0; i < ARRAY_SIZE(ways); i++)
		say_status(way_names[i], wait_status(
			spawn_self(way_names[i], NULL, NULL)));
	test(NULL);
	pthread_create(&t, NULL, test, NULL);
	pthread_join(t, NULL);
	return 0;
}
