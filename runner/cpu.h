/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cpu.h: a virtual CPU. It is a token: the thread of exactly one of its tasks
 * runs, all others wait. Everything here is async-signal-safe but cpu_init().
 */
#ifndef RUNNER_CPU_H
#define RUNNER_CPU_H

#include "util.h"

#define MAX_CPUS 64

enum cpu_idle { CPU_RUNS, CPU_POLLS, CPU_SLEEPS };

struct cpu {
	u32 number;
	_Atomic int tid; /* the thread that holds it; 0: not known yet */
	_Atomic u32 idle; /* enum cpu_idle */
	bool short_rest; /* it was woken soon after it went idle */
	_Atomic(u32 *) idle_word; /* valid while idle */
	_Atomic bool stopped;
	int timerfd;
	u64 timer_ns; /* what it was last set to; its own thread's */
	_Atomic bool debugged; /* when the timer was due last; handlers, which may have
				* interrupted TSan, cannot ask */
	u32 retries; /* of cpu_retry(), in a row, while debugged */
	int home; /* the host's CPU that its threads stay on; -1: any */
};

/* Number and timer; dies. */
void cpu_init(struct cpu *cpu, u32 number);

/* Make it look at its pending interrupts. Any thread. */
void cpu_kick(struct cpu *cpu);

/* Sleep until *word != 0, a kick, or a monotonic time. On its own thread. Is the timer's
 * interrupt to be raised now? The timerfd says nothing of a time that both wait for. */
bool cpu_idle(struct cpu *cpu, u32 *word, u64 deadline_ns);

/* The timerfd becomes readable at that monotonic time; 0: now, ~0: never. */
void cpu_timer_set(struct cpu *cpu, u64 deadline_ns);

/* An interrupt could not be taken where the thread is: try again soon; while debugged,
 * each time twice as late as the time before, until the timer is set. */
void cpu_retry(struct cpu *cpu);

/*
 * Keep a host thread on the CPU's home: to wake a thread there costs a tenth of
 * what it costs across two of the host's CPUs.
 */
void cpu_pin(const struct cpu *cpu, int tid);

/* The calling thread, and what it starts, may run anywhere again. */
void cpu_unpin(void);

#endif
