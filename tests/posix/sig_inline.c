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

int main(void)
{
	struct itimerval it = { { 0, 0 }, { 0, 10000 } };
	volatile long n = 0;
	int sig;

	on_signal_flags(SIGFPE, leave, 0);
	on_signal_flags(SIGALRM, leave, 0);
	sig = sigsetjmp(env, 1);
	if (!sig)
		result = seven / zero;
	VAL(sig);
	setitimer(ITIMER_REAL, &it, NULL);
	sig = sigsetjmp(env, 1);
	if (!sig)
		while (n >= 0)
			n = n + 1;
	VAL(sig);
	return 0;
}
