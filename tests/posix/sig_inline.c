// SPDX-License-Identifier: Apache-2.0
/*
 * siglongjmp() to a function that was interrupted itself, not in what it called.
 * Most of these functions call nothing between setjmp() and the longjmp().
 */
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/time.h>
#include "t.h"

#define NOINLINE __attribute__((noinline))

static sigjmp_buf env, other;
static sigjmp_buf *volatile goal = &env;
static volatile int zero, seven = 7, result, ticks;
/* A tick is only for who waits for it: set behind setjmp(), and no call. */
static volatile enum { NOT_YET, ONCE, ALWAYS } armed;
static volatile long sink;
static int *volatile nowhere; /* a page that nobody may touch */

static void leave(int sig)
{
	if (sig == SIGALRM && !armed)
		return;
	if (armed == ONCE)
		armed = NOT_YET;
	ticks++;
	siglongjmp(*goal, sig);
}

/* Also without setjmp() keeping the mask. */
static void on_tick(void (*handler)(int))
{
	on_signal_flags(SIGALRM, handler, SA_NODEFER | SA_RESTART);
}

static void tick_every(int us)
{
	struct itimerval it = { { 0, us }, { 0, us } };

	setitimer(ITIMER_REAL, &it, NULL);
}

/*
 * Nothing in the first branch is a call, and the second one does not come back:
 * then the compiler puts the first one outside of its try block.
 */
static NOINLINE void divide(void)
{
	if (!sigsetjmp(env, 1)) {
		result = seven / zero;
	} else {
		say("division caught");
		exit(3);
	}
}

static NOINLINE void spin(void)
{
	volatile long n = 0;

	if (!sigsetjmp(env, 1)) {
		armed = ONCE;
		while (n >= 0)
			n = n + 1;
	} else {
		say("loop left");
		result = 2;
	}
}

/* Without any call but setjmp(). */
static NOINLINE int spin_alone(void)
{
	if (!setjmp(env)) {
		armed = ONCE;
		for (;;)
			sink++;
	}
	return 5;
}

static NOINLINE void spin_nested(void)
{
	volatile int rounds = 0;

	if (!sigsetjmp(env, 1)) {
		say("into the loops");
		armed = ONCE;
		for (;;) {
			for (int i = 0; i < seven; i++)
				for (int j = 0; j < i; j++)
					sink += i * j;
			rounds = rounds + 1;
		}
	}
	say("out of the loops %d", rounds > 0);
}

/*
 * What does not change has to be there afterwards, though nothing in the loop
 * uses it: the compiler may have put something else there.
 */
static NOINLINE void keep(int a, long long b, double c, const char *d)
{
	int sum = a + seven;
	volatile int changed = 1;

	if (!setjmp(env)) {
		int x = seven, y = zero;
		long long z = x;
		double w = y;

		changed = 2;
		armed = ONCE;
		for (;;) {
			x += 3;
			y ^= x;
			z = z * 3 + y;
			w = w / 2 + x;
			sink = z + (long)w + changed;
		}
	}
	say("%d %lld %g %s %d %d", a, b, c, d, sum, changed);
}

/* The later of two. */
static NOINLINE void two(int a)
{
	volatile int step = 0;
	int b = a + seven;

	if (sigsetjmp(env, 1)) {
		say("the first, step %d, %d %d", step, a, b);
		return;
	}
	if (sigsetjmp(other, 1)) {
		say("the second, step %d, %d %d", step, a, b);
		goal = &env;
		step = 2;
	} else {
		goal = &other;
		step = 1;
	}
	armed = ONCE;
	for (;;)
		sink++;
}

static NOINLINE void fault(void)
{
	volatile int i;
	int got;

	for (i = 0; i < 3; i++) {
		got = sigsetjmp(env, 1);
		if (!got)
			result = *nowhere;
		else
			say("fault %d: %d", i, got == SIGSEGV);
	}
	if (!sigsetjmp(env, 1))
		*nowhere = 1;
	say("a store as well");
}

static NOINLINE void spin_for_ever(void)
{
	for (;;)
		sink++;
}

/* Not meant for this one, in its loop and in what it calls. */
static NOINLINE void middle(int calls)
{
	sigjmp_buf mine;

	if (sigsetjmp(mine, 1))
		say("the wrong one");
	armed = ONCE;
	if (calls)
		spin_for_ever();
	for (;;)
		sink++;
}

static NOINLINE void pass(void)
{
	volatile int i;

	goal = &other;
	for (i = 0; i < 4; i++) {
		if (!sigsetjmp(other, 1))
			middle(i % 2);
		say("passed %d", i);
	}
	goal = &env;
}

static NOINLINE int comes_back(void)
{
	sigjmp_buf mine;

	if (sigsetjmp(mine, 1))
		return 1;
	sink = seven;
	return 0;
}

/* A function that has returned is none to go to. */
static NOINLINE void returned(void)
{
	if (!sigsetjmp(env, 1)) {
		comes_back();
		armed = ONCE;
		for (;;)
			sink++;
	}
	say("back in the caller");
}

static void jump_inside(int sig)
{
	static volatile int inside;

	tick_every(0);
	goal = &other;
	if (!sigsetjmp(other, 1)) {
		on_tick(leave);
		sigprocmask(SIG_UNBLOCK, &SET_OF(SIGALRM), NULL);
		tick_every(1000);
		armed = ONCE;
		for (;;)
			inside++;
	}
	tick_every(0);
	say("the handler's own, %d", sig == SIGALRM);
	goal = &env;
	result = 1;
}

/* The handler uses both and returns. */
static NOINLINE void interrupted(int a)
{
	int b = a + seven;

	result = 0;
	on_signal_flags(SIGALRM, jump_inside, SA_RESTART); /* once */
	tick_every(1000);
	if (!sigsetjmp(env, 1)) {
		while (!result)
			sink++;
		on_tick(leave);
		tick_every(1000);
		armed = ONCE;
		for (;;)
			sink++;
	}
	say("interrupted %d %d", a, b);
}

/* Again and again, at any time after the first setjmp(), also in the next one. */
static NOINLINE void often(int a)
{
	volatile int i = 0, wrong = 0;
	int b = a + seven;

	ticks = 0;
	while (ticks < 300) {
		if (sigsetjmp(env, 1))
			wrong |= b != a + 7;
		armed = ALWAYS;
		for (i = 0; i < 100; i++)
			sink++;
	}
	armed = NOT_YET;
	say("often %d %d", b, wrong);
}

/* The same without a call, and without a mask. */
static NOINLINE void often_alone(int a)
{
	volatile int i = 0, wrong = 0;
	int b = a + seven;

	ticks = 0;
	while (ticks < 300) {
		if (setjmp(env))
			wrong |= b != a + 7;
		armed = ALWAYS;
		for (i = 0; i < 100; i++)
			sink++;
	}
	armed = NOT_YET;
	say("often %d %d", b, wrong);
}

int main(void)
{
	nowhere = mmap(NULL, 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);
	MUST(nowhere != MAP_FAILED && !mprotect(nowhere, 65536, PROT_NONE));
	on_signal_flags(SIGFPE, leave, 0);
	on_signal_flags(SIGSEGV, leave, 0);
	on_tick(leave);
	tick_every(10000);
	spin();
	VAL(spin_alone());
	spin_nested();
	keep(1, 1LL << 40, 2.5, "text");
	two(20);
	tick_every(0);
	fault();
	tick_every(10000);
	pass();
	returned();
	interrupted(3);
	tick_every(1000);
	often(1000);
	often_alone(2000);
	tick_every(0);
	divide();
	return 0;
}
