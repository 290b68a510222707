// SPDX-License-Identifier: Apache-2.0
/* What alloca() gave to a function that calls nothing is its own, also while a handler
 * runs on the same stack. */
#include <alloca.h>
#include <sys/time.h>
#include "t.h"

static volatile int ticks;

static void on_tick(int sig)
{
	volatile char room[256];
	size_t i;

	(void)sig;
	for (i = 0; i < sizeof(room); i++)
		room[i] = 0x55;
	ticks++;
}

#define NOINLINE __attribute__((noinline))
/* Three ticks, then the bytes that are not what they were. */
#define SPOILT(room, n)                        \
	({                                     \
		int i, spoilt = 0;             \
		for (i = 0; i < (n); i++)      \
			(room)[i] = 7;         \
		ticks = 0;                     \
		while (ticks < 3)              \
			;                      \
		for (i = 0; i < (n); i++)      \
			spoilt += (room)[i] != 7; \
		spoilt;                        \
	})

static NOINLINE int by_alloca(int n)
{
	volatile char *room = alloca(n);

	return SPOILT(room, n);
}

static NOINLINE int by_length(int n)
{
	volatile char room[n];

	return SPOILT(room, n);
}

static NOINLINE int beside_an_array(int n)
{
	volatile char room[3000], *more = alloca(n);
	int spoilt = SPOILT(more, n);

	return spoilt + SPOILT(room, 3000);
}

static NOINLINE int in_a_small_frame(int n)
{
	volatile char room[128];

	return SPOILT(room, 128) + !n;
}

int main(void)
{
	static const int sizes[] = { 1, 100, 129, 1000, 30000 };
	struct itimerval it = { { 0, 2000 }, { 0, 2000 } };
	size_t i;

	on_signal_flags(SIGALRM, on_tick, 0);
	setitimer(ITIMER_REAL, &it, NULL);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		int n = sizes[i];

		say("%d bytes, spoilt: %d %d %d %d", n, by_alloca(n),
		    by_length(n), beside_an_array(n), in_a_small_frame(n));
	}
	return 0;
}
