// SPDX-License-Identifier: Apache-2.0
/* siglongjmp() to a function that was interrupted itself, not in what it called. */
#include <setjmp.h>
#include <sys/time.h>
#include "t.h"

static sigjmp_buf env;
static volatile int zero, seven = 7, result;

static void leave(int sig)
{
	siglongjmp(env, sig);
}

/*
 * Nothing in the first branch is a call, and the second one does not come back:
 * then the compiler puts the first one outside of its try block.
 */
static __attribute__((noinline)) void divide(void)
{
	if (!sigsetjmp(env, 1)) {
		result = seven / zero;
	} else {
		say("division caught");
		exit(3);
	}
}

static __attribute__((noinline)) void spin(void)
{
	volatile long n = 0;

	if (!sigsetjmp(env, 1)) {
		while (n >= 0)
			n = n + 1;
	} else {
		say("loop left");
		result = 2;
	}
}

int main(void)
{
	struct itimerval it = { { 0, 0 }, { 0, 10000 } };

	on_signal_flags(SIGFPE, leave, 0);
	on_signal_flags(SIGALRM, leave, 0);
	setitimer(ITIMER_REAL, &it, NULL);
	spin();
	divide();
	return 0;
}
