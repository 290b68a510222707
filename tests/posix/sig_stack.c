// SPDX-License-Identifier: Apache-2.0
/* sigaltstack: which stack a handler runs on. */
#include "t.h"

#define SIZE (64 * 1024)

static char alt[SIZE] __attribute__((aligned(16)));

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

static void *in_thread(void *arg)
{
	stack_t st = { .ss_sp = alt, .ss_size = SIZE }, now;

	sigaltstack(NULL, &now);
	IS(now.ss_flags == SS_DISABLE);
	if (*(int *)arg)
		CALL(sigaltstack(&st, NULL));
	raise(SIGUSR2);
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
	CALL(sigaltstack(&off, NULL));
	raise(SIGUSR2);
	for (i = 0; i < 2; i++) {
		pthread_create(&t, NULL, in_thread, &i);
		pthread_join(t, NULL);
	}
	return 0;
}
