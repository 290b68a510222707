// SPDX-License-Identifier: Apache-2.0
/* idle.c: an idle CPU sleeps to its deadline, and is woken by its timer. */
#include "guest.h"

#define MS 1000000ull

static u64 now(void)
{
	return wasm_cpu_clock_get_monotonic();
}

static u64 sleep_until(u64 deadline_ns)
{
	pending[0] = 0;
	while (now() < deadline_ns && !pending[0])
		wasm_ext_cpu_idle((u32 *)&pending[0], deadline_ns);
	return now();
}

void boot(void)
{
	u64 start = now();

	check(sleep_until(start + 20 * MS) >= start + 20 * MS, "woke early");
	check(now() < start + 2000 * MS, "woke late");

	start = now();
	wasm_ext_timer_set(start + 20 * MS);
	sleep_until(start + 5000 * MS);
	check(now() >= start + 20 * MS, "the timer is early");
	check(now() < start + 2000 * MS, "the timer is late");
	check(pending[0] == 1u << WASM_IRQ_TIMER, "which interrupt");

	start = now();
	wasm_ext_timer_set(start + 20 * MS);
	check(sleep_until(start + 20 * MS) >= start + 20 * MS,
	      "a timer for the end of the rest is early");
	check(pending[0] == 1u << WASM_IRQ_TIMER, "a timer for the end of the rest");

	start = now();
	wasm_ext_timer_set(start + 20 * MS);
	wasm_ext_timer_set(~0ull);
	check(sleep_until(start + 60 * MS) >= start + 60 * MS,
	      "a timer that was stopped");
	wasm_ext_timer_set(0);
	start = now();
	sleep_until(start + 5000 * MS);
	check(now() < start + 2000 * MS, "a timer that is due at once");
	finish("SUCCESS");
}
