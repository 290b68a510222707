/* SPDX-License-Identifier: Apache-2.0 */
/* Uses up the host's stack, and in the handler of that what there is for it: by frames
 * without memory, with system calls (c), ticks (t), or by faults without an end (f). */
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

static char stack[64 * 1024];
static char how;
static volatile int calls;
static int *volatile nowhere;

__attribute__((noinline)) static int deep(int n)
{
	int m;

	calls = n;
	if (how == 'c')
		getppid();
	m = deep(n + 1);
	return m - n * calls;
}

static void overflow(int signal)
{
	if (how == 'f')
		*nowhere = signal;
	deep(0);
}

static void tick(int signal)
{
	(void)signal;
}

int main(int argc, char **argv)
{
	stack_t st = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction sa = { .sa_handler = overflow,
				.sa_flags = SA_ONSTACK | SA_NODEFER };
	struct itimerval often = { { 0, 1000 }, { 0, 1000 } };

	how = argc > 1 ? *argv[1] : 0;
	sigaltstack(&st, NULL);
	sigaction(SIGSEGV, &sa, NULL);
	signal(SIGALRM, tick);
	if (how == 't')
		setitimer(ITIMER_REAL, &often, NULL);
	return deep(0);
}
