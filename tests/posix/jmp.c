// SPDX-License-Identifier: Apache-2.0
/* setjmp() and longjmp(). */
#include <setjmp.h>
#include "t.h"

static jmp_buf env, outer, inner;
static int count;

static __attribute__((noinline)) void jump(int depth, int value)
{
	volatile char room[100];

	room[depth % 100] = 1;
	if (depth)
		jump(depth - 1, value);
	else
		longjmp(env, value + 0 * room[0]);
	say("not reached");
}

static void test_values(void)
{
	volatile int i;

	for (i = 0; i < 5; i++) {
		int got = setjmp(env);

		if (!got)
			jump(i * 10, i - 1);
		say("jump %d: %d", i, got);
	}
}

static void test_locals(void)
{
	volatile int changed = 1;
	int kept = 2;
	const char *volatile text = "before";
	double number = 3.5;

	if (!setjmp(env)) {
		changed = 10;
		text = "after";
		jump(3, 1);
	}
	say("%d %d %s %d", changed, kept, text, number == 3.5);
}

static void test_loop(void)
{
	volatile int n = 0;

	setjmp(env);
	n++;
	if (n < 1000)
		jump(n % 10, 1);
	VAL(n);
}

static __attribute__((noinline)) void middle(void)
{
	switch (setjmp(inner)) {
	case 0:
		say("to the inner");
		longjmp(inner, 1);
	case 1:
		say("to the outer");
		longjmp(outer, 2);
	}
}

static void test_nested(void)
{
	switch (setjmp(outer)) {
	case 0:
		middle();
		say("not reached");
		break;
	case 2:
		say("at the outer");
	}
}

/* Two buffers in one function; the older one is still good. */
static void test_two(void)
{
	jmp_buf first, second;
	volatile int step = 0;

	if (setjmp(first))
		say("first, step %d", step);
	if (setjmp(second))
		say("second, step %d", step);
	switch (step++) {
	case 0:
		longjmp(second, 1);
	case 1:
		longjmp(first, 1);
	case 2:
		longjmp(second, 1);
	}
	VAL(step);
}

static int compare(const void *a, const void *b)
{
	if (++count == 20)
		longjmp(env, 9);
	return *(const int *)a - *(const int *)b;
}

/* Through functions of the library. */
static void test_library(void)
{
	int numbers[50], i, got;

	for (i = 0; i < 50; i++)
		numbers[i] = i * 37 % 50;
	got = setjmp(env);
	if (!got)
		qsort(numbers, 50, sizeof(int), compare);
	VAL(got);
	VAL(count);
}

static __attribute__((noinline)) int recursive(int depth)
{
	volatile int n = depth;
	jmp_buf mine;

	if (!n)
		return 0;
	if (!setjmp(mine)) {
		int r = recursive(n - 1);

		if (r != n - 1)
			return -1;
		longjmp(mine, 1);
	}
	return n;
}

static void *thread(void *arg)
{
	jmp_buf mine;
	volatile int i, sum = 0;

	for (i = 0; i < 1000; i++) {
		int got = setjmp(mine);

		if (!got)
			longjmp(mine, i + 1);
		sum += got;
	}
	(void)arg;
	return (void *)(intptr_t)sum;
}

static void test_masks(void)
{
	sigjmp_buf with, without;
	sigset_t now;

	if (!sigsetjmp(with, 1)) {
		sigprocmask(SIG_BLOCK, &SET_OF(SIGUSR1), NULL);
		siglongjmp(with, 1);
	}
	sigprocmask(SIG_BLOCK, NULL, &now);
	VAL(sigismember(&now, SIGUSR1));
	if (!sigsetjmp(without, 0)) {
		sigprocmask(SIG_BLOCK, &SET_OF(SIGUSR1), NULL);
		siglongjmp(without, 1);
	}
	sigprocmask(SIG_BLOCK, NULL, &now);
	VAL(sigismember(&now, SIGUSR1));
}

int main(void)
{
	pthread_t t[4];
	void *sum;
	int i;

	test_values();
	test_locals();
	test_loop();
	test_nested();
	test_two();
	test_library();
	VAL(recursive(50));
	for (i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, thread, NULL);
	for (i = 0; i < 4; i++) {
		pthread_join(t[i], &sum);
		say("thread: %d", (int)(intptr_t)sum);
	}
	test_masks();
	return 0;
}
