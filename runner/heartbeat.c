// SPDX-License-Identifier: Apache-2.0
/* heartbeat.c: the main thread looks at the clock twice a second, and less often while the
 * guest is idle. */
#include "futex.h"
#include "heartbeat.h"

#define BEAT_MS 500
#define IDLE_BEAT_MS 2000
#define LATE_NS 1000000000ull

static uv_timer_t timer;
static bool (*is_idle)(void);
static _Atomic u64 due_ns; /* the next beat */
static _Atomic u64 missed_ns, missed_until;

static void on_beat(uv_timer_t *handle);

static void start_beat(u64 now)
{
	u64 ms = is_idle() ? IDLE_BEAT_MS : BEAT_MS;

	due_ns = now + ms * 1000000;
	uv_timer_start(&timer, on_beat, ms, 0);
}

static void on_beat(uv_timer_t *handle)
{
	u64 now = clock_ns(CLOCK_MONOTONIC);

	(void)handle;
	if (now >= due_ns + LATE_NS) {
		missed_until = now;
		missed_ns = now - due_ns;
	}
	start_beat(now);
}

void heartbeat_start(uv_loop_t *loop, bool (*guest_is_idle)(void))
{
	is_idle = guest_is_idle;
	uv_timer_init(loop, &timer);
	start_beat(clock_ns(CLOCK_MONOTONIC));
}

bool heartbeat_missed(void)
{
	u64 due = due_ns, now = clock_ns(CLOCK_MONOTONIC);

	return now >= due + LATE_NS || now - missed_until < missed_ns;
}
