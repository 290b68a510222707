// SPDX-License-Identifier: GPL-2.0-only
/* time.c: the host's clocks, and a one-shot timer for each CPU. */
#include <linux/clockchips.h>
#include <linux/clocksource.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/nmi.h>
#include <linux/rcupdate.h>
#include <linux/sched/clock.h>
#include <linux/timekeeping.h>

#include <asm/host.h>
#include <asm/time.h>

#define NEVER (~0ull)

static DEFINE_PER_CPU(struct clock_event_device, clock_event);
static DEFINE_PER_CPU(u64, deadline_ns) = NEVER;
static u64 boot_ns;

static u64 clocksource_read(struct clocksource *cs)
{
	return wasm_cpu_clock_get_monotonic();
}

static struct clocksource clocksource_wasm = {
	.name = "wasm",
	.rating = 400,
	.read = clocksource_read,
	.mask = CLOCKSOURCE_MASK(64),
	.mult = 1 << 23,	/* its unit is the nanosecond */
	.shift = 23,
	.flags = CLOCK_SOURCE_IS_CONTINUOUS,
};

/*
 * From the beginning. With that of jiffies the date would stand still until there
 * are ticks, and be late by that time for ever.
 */
struct clocksource *__init clocksource_default_clock(void)
{
	return &clocksource_wasm;
}

u64 notrace sched_clock(void)
{
	return wasm_cpu_clock_get_monotonic() - boot_ns;
}

void read_persistent_clock64(struct timespec64 *ts)
{
	*ts = ns_to_timespec64(wasm_ext_clock_realtime());
}

/* Before the first message, so that it says 0. */
void __init wasm_clock_init(void)
{
	boot_ns = wasm_cpu_clock_get_monotonic();
}

u64 wasm_timer_deadline(void)
{
	return this_cpu_read(deadline_ns);
}

void wasm_timer_check(void)
{
	if (wasm_cpu_clock_get_monotonic() >= this_cpu_read(deadline_ns))
		__atomic_fetch_or(wasm_irq_pending_word(), 1u << WASM_IRQ_TIMER,
				  __ATOMIC_SEQ_CST);
}

bool wasm_excuse_host(void)
{
	if (!wasm_ext_host_stopped())
		return false;
	touch_all_softlockup_watchdogs();
	rcu_cpu_stall_reset();
	reset_hung_task_detector();
	return true;
}

static void set_deadline(u64 ns)
{
	this_cpu_write(deadline_ns, ns);
	wasm_ext_timer_set(ns);
}

static int clock_event_set_next(unsigned long delta, struct clock_event_device *ce)
{
	set_deadline(wasm_cpu_clock_get_monotonic() + delta);
	return 0;
}

static int clock_event_shutdown(struct clock_event_device *ce)
{
	set_deadline(NEVER);
	return 0;
}

/* The host may be early (it retries what it had to hold back). */
static irqreturn_t timer_interrupt(int irq, void *data)
{
	struct clock_event_device *ce = this_cpu_ptr(&clock_event);
	u64 deadline = this_cpu_read(deadline_ns);

	if (wasm_cpu_clock_get_monotonic() < deadline) {
		if (deadline != NEVER)
			wasm_ext_timer_set(deadline);
		return IRQ_HANDLED;
	}
	this_cpu_write(deadline_ns, NEVER);
	ce->event_handler(ce);
	return IRQ_HANDLED;
}

void wasm_timer_init_cpu(void)
{
	struct clock_event_device *ce = this_cpu_ptr(&clock_event);

	*ce = (struct clock_event_device){
		.name = "wasm",
		.features = CLOCK_EVT_FEAT_ONESHOT,
		.rating = 400,
		.cpumask = cpumask_of(smp_processor_id()),
		.set_next_event = clock_event_set_next,
		.set_state_shutdown = clock_event_shutdown,
	};
	clockevents_config_and_register(ce, NSEC_PER_SEC, 1000, LONG_MAX);
}

void __init time_init(void)
{
	__clocksource_register(&clocksource_wasm);
	if (request_irq(WASM_IRQ_TIMER, timer_interrupt,
			IRQF_PERCPU | IRQF_TIMER, "timer", NULL))
		panic("no timer interrupt");
	wasm_timer_init_cpu();
}

void calibrate_delay(void)
{
	loops_per_jiffy = NSEC_PER_SEC / HZ;	/* a loop is a nanosecond */
}

void __delay(unsigned long loops)
{
	u64 end = wasm_cpu_clock_get_monotonic() + loops;

	while (wasm_cpu_clock_get_monotonic() < end)
		cpu_relax();
}
EXPORT_SYMBOL(__delay);

void __ndelay(unsigned long ns)
{
	__delay(ns);
}
EXPORT_SYMBOL(__ndelay);

void __udelay(unsigned long us)
{
	while (us-- > 0)
		__delay(NSEC_PER_USEC);
}
EXPORT_SYMBOL(__udelay);

/* asm-generic/delay.h: microseconds times 2^32 / 10^6. */
void __const_udelay(unsigned long scaled)
{
	__delay(((u64)scaled * NSEC_PER_SEC) >> 32);
}
EXPORT_SYMBOL(__const_udelay);
