// SPDX-License-Identifier: Apache-2.0
/* Threads: create, join, detach, attributes, exit, thread-local data. */
#include <semaphore.h>
#include "t.h"

static _Thread_local int local = 7;
static _Thread_local char text[5000] = "initial";
static _Thread_local double __attribute__((aligned(64))) aligned = 1.5;
static sem_t sem;
static pthread_key_t keys[3];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int once_count, destroyed;

static void *adds(void *arg)
{
	local += (intptr_t)arg;
	text[0]++;
	return (void *)(intptr_t)local;
}

static void test_local(void)
{
	pthread_t t[20];
	void *result;
	int i, sum = 0;

	for (i = 0; i < 20; i++)
		pthread_create(&t[i], NULL, adds, (void *)(intptr_t)i);
	for (i = 0; i < 20; i++) {
		pthread_join(t[i], &result);
		sum += (intptr_t)result;
	}
	VAL(sum);
	VAL(local);
	say("%s, aligned %d, %d", text, (uintptr_t)&aligned % 64 == 0,
	    aligned == 1.5);
}

static void destroy(void *value)
{
	int n = (intptr_t)value;

	__atomic_add_fetch(&destroyed, 1, __ATOMIC_SEQ_CST);
	if (n > 1) /* again, in another round */
		pthread_setspecific(keys[0], (void *)(intptr_t)(n - 1));
}

static void *with_keys(void *arg)
{
	pthread_setspecific(keys[0], arg);
	pthread_setspecific(keys[1], (void *)1);
	return pthread_getspecific(keys[2]);
}

static void test_keys(void)
{
	pthread_t t;
	void *result;

	RET(pthread_key_create(&keys[0], destroy));
	RET(pthread_key_create(&keys[1], destroy));
	RET(pthread_key_create(&keys[2], NULL));
	pthread_setspecific(keys[2], "main's");
	pthread_create(&t, NULL, with_keys, (void *)3);
	pthread_join(t, &result);
	IS(result == NULL);
	VAL(destroyed);
	say("%s", (char *)pthread_getspecific(keys[2]));
	RET(pthread_key_delete(keys[2]));
}

static void count_once(void)
{
	once_count++;
	sleep_ms(10);
}

static void *calls_once(void *arg)
{
	pthread_once(&once, count_once);
	return arg;
}

static void *detached(void *arg)
{
	sleep_ms(20);
	sem_post(arg);
	return NULL;
}

static void test_detach(void)
{
	pthread_attr_t attr;
	pthread_t t;
	int state, i;
	size_t size;

	pthread_attr_init(&attr);
	RET(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED));
	RET(pthread_attr_getdetachstate(&attr, &state));
	IS(state == PTHREAD_CREATE_DETACHED);
	RET(pthread_attr_setstacksize(&attr, 100000 & ~4095));
	RET(pthread_attr_getstacksize(&attr, &size));
	VAL(size);
	RET(pthread_attr_setstacksize(&attr, 100));
	for (i = 0; i < 10; i++)
		MUST(!pthread_create(&t, &attr, detached, &sem));
	for (i = 0; i < 10; i++)
		sem_wait(&sem);
	RET(pthread_create(&t, NULL, detached, &sem));
	RET(pthread_detach(t));
	sem_wait(&sem);
	say("all detached threads ran");
}

static void *own_stack(void *arg)
{
	char here;
	char *stack = arg;

	return (void *)(intptr_t)(&here >= stack && &here < stack + 65536);
}

static void test_stack(void)
{
	static char stack[65536] __attribute__((aligned(4096)));
	pthread_attr_t attr;
	pthread_t t;
	void *is;

	pthread_attr_init(&attr);
	RET(pthread_attr_setstack(&attr, stack, sizeof(stack)));
	RET(pthread_create(&t, &attr, own_stack, stack));
	pthread_join(t, &is);
	say("on its own stack: %d", (int)(intptr_t)is);
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

/* Once that it began was said: it ends the process. */
static void *overflows(void *arg)
{
	sem_wait(&sem);
	deep(0);
	return arg;
}

/* What lies below the stack of a thread may not be written. */
static int with_guard(void)
{
	pthread_attr_t attr;
	pthread_t t;
	size_t size;

	sem_init(&sem, 0, 0);
	pthread_attr_init(&attr);
	RET(pthread_attr_setguardsize(&attr, 65536));
	RET(pthread_attr_getguardsize(&attr, &size));
	VAL(size);
	RET(pthread_create(&t, &attr, overflows, NULL));
	sem_post(&sem);
	return pthread_join(t, NULL);
}

static void *exits(void *arg)
{
	if (arg)
		pthread_exit("by pthread_exit");
	return "by return";
}

static void test_ends(void)
{
	pthread_t t;
	void *result;
	int i;

	for (i = 0; i < 2; i++) {
		pthread_create(&t, NULL, exits, (void *)(intptr_t)i);
		pthread_join(t, &result);
		say("%s", (char *)result);
	}
	for (i = 0; i < 2000; i++) {
		MUST(!pthread_create(&t, NULL, exits, NULL));
		pthread_join(t, &result);
	}
	say("2000 in a row");
}

static void *ends_process(void *arg)
{
	sleep_ms(30);
	exit((intptr_t)arg);
}

static void *outlives(void *arg)
{
	sleep_ms(60);
	say("the main thread is gone");
	return arg;
}

static void *stays(void *arg)
{
	while (true)
		pause();
	return arg;
}

static int child(const char *mode)
{
	pthread_t t;

	if (*mode == 'g')
		return with_guard();
	if (*mode == 'e') {
		pthread_create(&t, NULL, ends_process, (void *)17);
		while (true)
			pause();
	}
	if (*mode == 'b') { /* others run when the process ends */
		int i;

		for (i = 0; i < 20; i++)
			pthread_create(&t, NULL, stays, NULL);
		return 18;
	}
	pthread_create(&t, NULL, outlives, NULL);
	pthread_exit(NULL);
}

int main(int argc, char **argv)
{
	pthread_t t[5];
	int i;

	if (argc > 1)
		return child(argv[1]);
	SELF(argv);
	sem_init(&sem, 0, 0);
	test_local();
	test_keys();
	for (i = 0; i < 5; i++)
		pthread_create(&t[i], NULL, calls_once, NULL);
	for (i = 0; i < 5; i++)
		pthread_join(t[i], NULL);
	VAL(once_count);
	test_detach();
	test_stack();
	test_ends();
	say_status("guard", wait_status(spawn_self("guard", NULL, NULL)));
	say_status("exit of a thread", wait_status(spawn_self("e", NULL, NULL)));
	say_status("exit of many", wait_status(spawn_self("b", NULL, NULL)));
	say_status("pthread_exit of main",
		   wait_status(spawn_self("m", NULL, NULL)));
	return 0;
}
