/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.h: the guest's clocks: the host's, or faster ones that start together
 * with them, so that a guest's hour takes minutes. Any thread, signal handlers too.
 */
#ifndef RUNNER_CLOCK_H
#define RUNNER_CLOCK_H

#include "util.h"

/* How many seconds of the guest a second of the host is, 1 or more. Once, before
 * the guest runs. */
void clock_set_rate(u32 rate);

/* Nanoseconds of the guest's CLOCK_MONOTONIC, and since 1970. */
u64 clock_guest_monotonic(void);
u64 clock_guest_realtime(void);

/* A time of the guest's CLOCK_MONOTONIC by the host's; 0 and ~0 stay. */
u64 clock_host_time(u64 guest_ns);

#endif
