// SPDX-License-Identifier: Apache-2.0
/* heartbeat.c: the main thread looks at the clock twice a second. */
#include "futex.h"
#include "heartbeat.h"

#define BEAT_MS 500
#define LATE_NS 1500000000ull

static uv_timer_t timer;
static _Atomic u64 last_ns;
static _Atomic u64 missed_ns, missed_until;

static void on_beat(uv_timer_t *handle)
{
	u64 now = clock_ns(CLOCK_MONOTONIC);

	(void)handle;
	if (now - last_ns >= LATE_NS) {
		missed_until = now;
		missed_ns = now - last_ns;
	}
	last_ns = now;
}

void heartbeat_start(uv_loop_t *loop)
{
	last_ns = clock_ns(CLOCK_MONOTONIC);
	uv_timer_init(loop, &timer);
	uv_timer_start(&timer, on_beat, BEAT_MS, BEAT_MS);
}

bool heartbeat_missed(void)
{
	u64 last = last_ns, now = clock_ns(CLOCK_MONOTONIC);

	return (now > last && now - last >= LATE_NS) ||
	       now - missed_until < missed_ns;
}
