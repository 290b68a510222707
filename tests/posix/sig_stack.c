// SPDX-License-Identifier: Apache-2.0
/* sigaltstack: which stack a handler runs on, and overflows of the other. */
#include <setjmp.h>
#include <sys/resource.h>
#include "t.h"

#define SIZE (64 * 1024)

static char alt[SIZE] __attribute__((aligned(16)));
static sigjmp_buf env;

static bool on_alt(void *p)
{
	return (char *)p >= alt && (char *)p < alt + SIZE;
}

static void where(int sig)
{
	volatile char here;
	stack_t now;

	sigaltstack(NULL, &now);
	say("signal %d: on the alternate stack %d, flag %d", sig,
	    on_alt((void *)&here), !!(now.ss_flags & SS_ONSTACK));
	if (sig == SIGUSR1) {
		stack_t other = { .ss_sp = alt, .ss_size = SIZE };

		if (now.ss_flags & SS_ONSTACK)
			CALL(sigaltstack(&other, NULL));
		raise(SIGUSR2);
	}
}

static void overflow(int sig, siginfo_t *si, void *uc)
{
	volatile char here;

	(void)uc;
	say("signal %d: on the alternate stack %d, an address %d", sig,
	    on_alt((void *)&here), si->si_addr != NULL);
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

static void test_overflow(void)
{
	int i;

	on_signal_info(SIGSEGV, overflow, SA_ONSTACK);
	for (i = 0; i < 3; i++)
		if (!sigsetjmp(env, 1))
			VAL(deep(0) > 0);
		else
			say("the stack overflowed");
}

static void *in_thread(void *arg)
{
	stack_t st = { .ss_sp = alt, .ss_size = SIZE }, now;

	sigaltstack(NULL, &now);
	IS(now.ss_flags == SS_DISABLE);
	if (*(int *)arg)
		CALL(sigaltstack(&st, NULL));
	raise(SIGUSR2);
	if (*(int *)arg)
		test_overflow();
	return NULL;
}

int main(void)
{
	stack_t st = { .ss_sp = alt, .ss_size = SIZE }, old, off = {
		.ss_flags = SS_DISABLE };
	pthread_t t;
	int i;

	sigaltstack(NULL, &old);
	IS(old.ss_flags == SS_DISABLE);
	on_signal_flags(SIGUSR1, where, SA_ONSTACK);
	on_signal_flags(SIGUSR2, where, SA_ONSTACK);
	on_signal_flags(SIGTERM, where, 0);
	raise(SIGUSR1);
	CALL(sigaltstack(&st, &old));
	raise(SIGUSR1);
	raise(SIGTERM);
	st.ss_size = 100;
	CALL(sigaltstack(&st, NULL));
	sigaltstack(NULL, &old);
	IS(old.ss_sp == alt && old.ss_size == SIZE && !old.ss_flags);
	test_overflow();
	CALL(sigaltstack(&off, NULL));
	raise(SIGUSR2);
	for (i = 0; i < 2; i++) {
		pthread_create(&t, NULL, in_thread, &i);
		pthread_join(t, NULL);
	}
	return 0;
}
