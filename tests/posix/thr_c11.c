// SPDX-License-Identifier: Apache-2.0
/* Threads, mutexes, condition variables and thread-local storage by C11's names. */
#include <stdatomic.h>
#include <threads.h>
#include "t.h"

static mtx_t mtx;
static cnd_t cnd;
static once_flag flag = ONCE_FLAG_INIT;
static thread_local int c11_local = 4;
static tss_t tss;

static void c11_once(void)
{
	say("once");
}

static void c11_destroy(void *p)
{
	say("tss destructor %s", (char *)p);
}

static int c11_thread(void *arg)
{
	mtx_lock(&mtx); /* after the line about thrd_create() */
	mtx_unlock(&mtx);
	call_once(&flag, c11_once);
	c11_local++;
	tss_set(tss, "of a thread");
	mtx_lock(&mtx);
	*(int *)arg += 1;
	cnd_signal(&cnd);
	mtx_unlock(&mtx);
	if (*(int *)arg > 1)
		thrd_exit(21);
	return 20 + c11_local;
}

static void test_threads(void)
{
	struct timespec ts = { 0, 1000000 };
	int n = 0, result, i;
	thrd_t t;

	IS(mtx_init(&mtx, mtx_timed) == thrd_success);
	IS(cnd_init(&cnd) == thrd_success);
	IS(tss_create(&tss, c11_destroy) == thrd_success);
	for (i = 0; i < 2; i++) {
		mtx_lock(&mtx);
		IS(thrd_create(&t, c11_thread, &n) == thrd_success);
		while (n <= i)
			cnd_wait(&cnd, &mtx);
		mtx_unlock(&mtx);
		IS(thrd_join(t, &result) == thrd_success);
		VAL(result);
	}
	VAL(c11_local);
	VAL(thrd_sleep(&ts, NULL));
	mtx_lock(&mtx);
	IS(mtx_trylock(&mtx) == thrd_busy);
	timespec_get(&ts, TIME_UTC);
	IS(mtx_timedlock(&mtx, &ts) == thrd_timedout);
	mtx_unlock(&mtx);
	IS(thrd_equal(thrd_current(), thrd_current()));
}

/* Of a recursive mutex each lock needs its unlock. */
static int tries(void *arg)
{
	int result = mtx_trylock(&mtx);

	if (result == thrd_success)
		mtx_unlock(&mtx);
	*(int *)arg = result == thrd_busy ? 1 : 2;
	return 0;
}

static void try_in_thread(void)
{
	int result = 0;
	thrd_t t;

	MUST(thrd_create(&t, tries, &result) == thrd_success);
	MUST(thrd_join(t, NULL) == thrd_success);
	say("another thread %s", result == 1 ? "finds it busy" : "gets it");
}

static void test_recursive(void)
{
	struct timespec now;

	mtx_destroy(&mtx);
	IS(mtx_init(&mtx, mtx_recursive | mtx_timed) == thrd_success);
	IS(mtx_lock(&mtx) == thrd_success);
	IS(mtx_trylock(&mtx) == thrd_success);
	timespec_get(&now, TIME_UTC);
	IS(mtx_timedlock(&mtx, &now) == thrd_success);
	try_in_thread();
	IS(mtx_unlock(&mtx) == thrd_success);
	IS(mtx_unlock(&mtx) == thrd_success);
	try_in_thread();
	IS(mtx_unlock(&mtx) == thrd_success);
	try_in_thread();
	mtx_destroy(&mtx);
	IS(mtx_init(&mtx, mtx_plain) == thrd_success);
}

static int waiting, woken;

static int waits(void *arg)
{
	mtx_lock(&mtx);
	waiting++;
	while (!*(int *)arg)
		cnd_wait(&cnd, &mtx);
	woken++;
	mtx_unlock(&mtx);
	return 0;
}

/* All that wait are woken, and nobody else ever is. */
static void test_cond(void)
{
	struct timespec until;
	thrd_t t[5];
	int go = 0, i;

	for (i = 0; i < 5; i++)
		MUST(thrd_create(&t[i], waits, &go) == thrd_success);
	mtx_lock(&mtx);
	while (waiting < 5) {
		mtx_unlock(&mtx);
		thrd_yield();
		mtx_lock(&mtx);
	}
	go = 1;
	IS(cnd_broadcast(&cnd) == thrd_success);
	mtx_unlock(&mtx);
	for (i = 0; i < 5; i++)
		thrd_join(t[i], NULL);
	VAL(woken);
	timespec_get(&until, TIME_UTC);
	mtx_lock(&mtx);
	IS(cnd_timedwait(&cnd, &mtx, &until) == thrd_timedout);
	until.tv_nsec = (until.tv_nsec + 20000000) % 1000000000;
	until.tv_sec += until.tv_nsec < 20000000;
	IS(cnd_timedwait(&cnd, &mtx, &until) == thrd_timedout);
	go = waiting = 0;
	MUST(thrd_create(&t[0], waits, &go) == thrd_success);
	while (!waiting)
		MUST(cnd_timedwait(&cnd, &mtx, &(struct timespec){ 0, 0 }) ==
		     thrd_timedout);
	go = 1;
	cnd_signal(&cnd);
	mtx_unlock(&mtx);
	thrd_join(t[0], NULL);
	VAL(woken);
	cnd_destroy(&cnd);
}

static atomic_int done;

static int detached(void *arg)
{
	MUST(thrd_detach(thrd_current()) == thrd_success);
	atomic_fetch_add(&done, (intptr_t)arg);
	return 0;
}

static void count_destroyed(void *value)
{
	atomic_fetch_add(&done, (intptr_t)value);
}

static int sets(void *arg)
{
	IS(tss_get(tss) == NULL);
	IS(tss_set(tss, arg) == thrd_success);
	IS(tss_get(tss) == arg);
	return 0;
}

static void test_detach(void)
{
	thrd_t t;
	int i;

	for (i = 0; i < 50; i++)
		MUST(thrd_create(&t, detached, (void *)1) == thrd_success);
	while (done < 50)
		thrd_yield();
	VAL(done);
	/* Of a key that is gone nothing is destroyed. */
	tss_delete(tss);
	IS(tss_create(&tss, count_destroyed) == thrd_success);
	for (i = 0; i < 2; i++) {
		MUST(thrd_create(&t, sets, (void *)7) == thrd_success);
		MUST(thrd_join(t, NULL) == thrd_success);
		VAL(done);
	}
	IS(tss_set(tss, (void *)1000) == thrd_success);
	tss_delete(tss);
	MUST(thrd_create(&t, detached, (void *)1) == thrd_success);
	while (done < 65)
		thrd_yield();
	VAL(done);
}

int main(void)
{
	test_threads();
	test_recursive();
	test_cond();
	test_detach();
	return 0;
}
