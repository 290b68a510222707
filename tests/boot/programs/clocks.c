// SPDX-License-Identifier: Apache-2.0
/* CLOCK_REALTIME and CLOCK_MONOTONIC, in nanoseconds. */
#include <stdio.h>
#include <time.h>

static long long ns_of(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

int main(void)
{
	printf("%lld %lld\n", ns_of(CLOCK_REALTIME), ns_of(CLOCK_MONOTONIC));
	return 0;
}
