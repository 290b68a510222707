// SPDX-License-Identifier: Apache-2.0
/* clock.c: the guest's clocks. */
#include "clock.h"
#include "futex.h"

static u64 rate = 1, monotonic_start, realtime_start;

void clock_set_rate(u32 new_rate)
{
	rate = new_rate;
	monotonic_start = clock_ns(CLOCK_MONOTONIC);
	realtime_start = clock_ns(CLOCK_REALTIME);
}

static u64 guest_time(clockid_t clock, u64 start)
{
	u64 now = clock_ns(clock);

	return rate == 1 || now < start ? now : start + (now - start) * rate;
}

u64 clock_guest_monotonic(void)
{
	return guest_time(CLOCK_MONOTONIC, monotonic_start);
}

u64 clock_guest_realtime(void)
{
	return guest_time(CLOCK_REALTIME, realtime_start);
}

/* Rounded up: not before it is time. */
u64 clock_host_time(u64 guest_ns)
{
	u64 start = monotonic_start;

	if (rate == 1 || guest_ns <= start || guest_ns == ~(u64)0)
		return guest_ns;
	return start + (guest_ns - start + rate - 1) / rate;
}
