// SPDX-License-Identifier: Apache-2.0
/* SIGSEGV, SIGFPE and SIGILL of the program's own doing. */
#include <setjmp.h>
#include <sys/mman.h>
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

#define LEVELS 150

/* Each fault in the handler of the one before. */
static void deeper(int sig)
{
	if (++count == LEVELS)
		siglongjmp(env, sig);
	if (count % 2)
		do_write();
	else
		do_divide();
}

static void test_deeper(void)
{
	volatile int i;

	on_signal_flags(SIGSEGV, deeper, SA_NODEFER);
	on_signal_flags(SIGFPE, deeper, SA_NODEFER);
	for (i = 0; i < 20; i++) {
		count = 0;
		if (!sigsetjmp(env, 1))
			do_write();
	}
	VAL(count);
}

static char *page;

/* Takes what the interrupted code may have in registers. */
static void take_back(int sig)
{
	volatile double a = sig, b = 2.5, c = a * b, d = c / 3;

	zero = (int)(d - c) * 0;
	count++;
	mprotect(page, 4096, PROT_READ | PROT_WRITE);
}

/* The access is done again, with all that the code had. */
static NOINLINE double sum_over(double a, double b, long long c, long long d)
{
	double e = a * b, f = a / b, g = a + b, h = a - b;
	long long i = c * d, j = c / d, k = c + d, l = c - d;

	page[8] = (char)(c + 1);
	return e * 1e9 + f * 1e6 + g * 1e3 + h + (double)(i * 4 + j * 3 + k * 2 + l);
}

static void test_goes_on(void)
{
	double sum;
	int i;

	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST(page != MAP_FAILED);
	on_signal_flags(SIGSEGV, take_back, 0);
	count = 0;
	for (i = 1; i < 100; i++) {
		MUST(!mprotect(page, 4096, PROT_NONE));
		sum = sum_over(i, 7.0 / i, 1000 + i, 3);
		say("%d: %.3f, %d", i, sum, page[8]);
	}
	VAL(count);
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
	test_deeper();
	test_goes_on();
	for (i = 0; i < ARRAY_SIZE(modes); i++)
		say_status(modes[i], wait_status(spawn_self(modes[i], NULL,
							    NULL)));
	return 0;
}
