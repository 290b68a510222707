// SPDX-License-Identifier: Apache-2.0
/* Clocks, and how long a sleep takes. */
#include <sys/time.h>
#include "t.h"

static long long ns_of(const struct timespec *ts)
{
	return ts->tv_sec * 1000000000ll + ts->tv_nsec;
}

static void test_clocks(void)
{
	static const clockid_t clocks[] = {
		CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME,
		CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE,
		CLOCK_MONOTONIC_COARSE, CLOCK_PROCESS_CPUTIME_ID,
		CLOCK_THREAD_CPUTIME_ID,
	};
	struct timespec a, b, r;
	struct timeval tv;
	unsigned int i, j, back;

	for (i = 0; i < ARRAY_SIZE(clocks); i++) {
		back = 0;
		MUST(!clock_gettime(clocks[i], &a));
		for (j = 0; j < 20000; j++) {
			clock_gettime(clocks[i], &b);
			back += ns_of(&b) < ns_of(&a);
			a = b;
		}
		MUST(!clock_getres(clocks[i], &r));
		say("clock %d: backwards %d, resolution fine %d", clocks[i], back,
		    ns_of(&r) <= 20000000);
	}
	clock_gettime(CLOCK_REALTIME, &a);
	gettimeofday(&tv, NULL);
	clock_gettime(CLOCK_REALTIME, &b);
	IS(tv.tv_sec * 1000000ll + tv.tv_usec >= ns_of(&a) / 1000);
	IS(tv.tv_sec * 1000000ll + tv.tv_usec <= ns_of(&b) / 1000);
	IS(time(NULL) >= a.tv_sec - 1);
	IS(a.tv_sec > 1700000000);
	CALL(clock_gettime(99, &a));
}

/* It takes no less than it should, and half of the times not much more. */
static void test_sleep(long us, int times)
{
	struct timespec ts = { us / 1000000, us % 1000000 * 1000 };
	long long began, took;
	int i, early = 0, good = 0;

	for (i = 0; i < times || (good * 2 < i && i < times + 200); i++) {
		began = now_us();
		MUST(!nanosleep(&ts, NULL));
		took = now_us() - began;
		early += took < us;
		good += took < us + 2000;
	}
	say("%ld us: too short %d, half within 2 ms %d", us, early, good * 2 >= i);
}

static void test_until(void)
{
	struct timespec ts, left = { 9, 9 };
	long long began = now_us(), took;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_nsec += 20000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_sec++;
		ts.tv_nsec -= 1000000000;
	}
	RET(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL));
	took = now_us() - began;
	IS(took >= 19900);
	RET(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL));
	ts.tv_nsec = 1000000000;
	RET(clock_nanosleep(CLOCK_REALTIME, 0, &ts, NULL));
	ts.tv_nsec = -1;
	CALL(nanosleep(&ts, &left));
	ts = (struct timespec){ 0, 0 };
	CALL(nanosleep(&ts, &left));
	CALL(usleep(1000));
	CALL(sleep(0));
}

static void test_calendar(void)
{
	time_t t = 1700000000;
	struct tm tm;
	char text[100];

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %a %j", &tm);
	say("%s", text);
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	localtime_r(&t, &tm);
	strftime(text, sizeof(text), "%c %z", &tm);
	say("%s, %d", text, mktime(&tm) == t);
	t += 15552000;
	localtime_r(&t, &tm);
	strftime(text, sizeof(text), "%F %T %z", &tm);
	say("%s, %d", text, tm.tm_isdst);
}

int main(void)
{
	test_clocks();
	test_sleep(100, 50);
	test_sleep(1000, 20);
	test_sleep(15000, 10);
	test_sleep(120000, 2);
	test_until();
	test_calendar();
	return 0;
}
