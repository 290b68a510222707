// SPDX-License-Identifier: Apache-2.0
/* A stack that overflows is a SIGSEGV, whose handler has another stack. */
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

	if (argc > 1) {
		deep(0);
		return 0;
	}
	SELF(argv);
	say_status("without a handler",
		   wait_status(spawn_self("deep", NULL, NULL)));
	test(NULL);
	pthread_create(&t, NULL, test, NULL);
	pthread_join(t, NULL);
	return 0;
}
