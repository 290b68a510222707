// SPDX-License-Identifier: Apache-2.0
/* SIGSEGV, SIGFPE and SIGILL of the program's own doing. */
#include <setjmp.h>
#include "t.h"

/* In the function that calls sigsetjmp(): sig_inline.c. */
#define NOINLINE __attribute__((noinline))

static sigjmp_buf env;
static volatile int zero, one = 1, small = -2147483647 - 1, minus = -1;
static volatile unsigned long where;

static void fault(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	if (sig == SIGSEGV)
		say("SIGSEGV code %d at %lx", si->si_code,
		    (unsigned long)si->si_addr);
	else
		say("signal %d code %d", sig, si->si_code);
	siglongjmp(env, sig);
}

static NOINLINE void do_read(void)
{
	one = *(volatile int *)where;
}

static NOINLINE void do_write(void)
{
	*(volatile int *)where = 1;
}

static NOINLINE void do_divide(void)
{
	one = one / zero;
}

static NOINLINE void do_remainder(void)
{
	one = one % zero;
}

static NOINLINE void do_overflow(void)
{
	one = small / minus;
}

static NOINLINE void do_trap(void)
{
	__builtin_trap();
}

static void attempt(const char *name, void (*what)(void))
{
	int sig = sigsetjmp(env, 1);
	sigset_t now;

	say("%s: %d", name, sig);
	if (!sig) {
		what();
		say("nothing happened");
	}
	sigprocmask(SIG_BLOCK, NULL, &now);
	IS(sigisemptyset(&now));
}

static volatile int count;

static void counted(int sig)
{
	count++;
	siglongjmp(env, sig);
}

static void test_many(void)
{
	int i;

	on_signal_flags(SIGSEGV, counted, 0);
	on_signal_flags(SIGFPE, counted, 0);
	for (i = 0; i < 2000; i++)
		if (!sigsetjmp(env, 1)) {
			if (i % 2)
				do_read();
			else
				do_divide();
		}
	VAL(count);
}

/* A handler that faults in turn, and one that is entered while in another. */
static void outer(int sig)
{
	volatile sigjmp_buf save;

	(void)sig;
	memcpy((void *)&save, env, sizeof(env));
	if (!sigsetjmp(env, 1)) {
		do_divide();
	} else {
		say("back in the outer handler");
		memcpy(env, (void *)&save, sizeof(env));
		siglongjmp(env, 77);
	}
}

static void test_nested(void)
{
	int got;

	on_signal_flags(SIGSEGV, outer, 0);
	on_signal_info(SIGFPE, fault, 0);
	got = sigsetjmp(env, 1);
	if (!got)
		do_read();
	say("outer: %d", got);
}

static void *thread_faults(void *arg)
{
	(void)arg;
	do_write();
	return NULL;
}

static int child(const char *what)
{
	pthread_t t;

	switch (*what) {
	case 'r':
		do_read();
		break;
	case 'd':
		do_divide();
		break;
	case 't':
		do_trap();
		break;
	case 'a':
		abort();
	case 'i': /* neither ignoring nor blocking keeps it off */
		signal(SIGSEGV, SIG_IGN);
		do_read();
		break;
	case 'b':
		sigprocmask(SIG_BLOCK, &SET_OF(SIGFPE), NULL);
		do_divide();
		break;
	case 'T':
		pthread_create(&t, NULL, thread_faults, NULL);
		pthread_join(t, NULL);
		break;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const modes[] = { "r", "d", "t", "a", "i", "b", "T" };
	unsigned int i;

	if (argc > 1)
		return child(argv[1]);
	SELF(argv);
	on_signal_info(SIGSEGV, fault, 0);
	on_signal_info(SIGFPE, fault, 0);
	on_signal_info(SIGILL, fault, 0);
	for (i = 0; i < 2; i++) {
		where = 0;
		attempt("read of 0", do_read);
		where = 0x124;
		attempt("write of 124", do_write);
		attempt("division", do_divide);
		attempt("remainder", do_remainder);
		attempt("overflow", do_overflow);
		attempt("trap", do_trap);
	}
	test_many();
	test_nested();
	for (i = 0; i < ARRAY_SIZE(modes); i++)
		say_status(modes[i], wait_status(spawn_self(modes[i], NULL,
							    NULL)));
	return 0;
}
