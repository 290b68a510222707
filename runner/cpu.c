// SPDX-License-Identifier: Apache-2.0
/* cpu.c: a virtual CPU: kick it, let it sleep, its timer. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "cpu.h"
#include "exit.h"
#include "futex.h"
#include "log.h"
#include "sanitize.h"

#define RETRY_NS 50000u
#define MOST_RETRIES 11u /* then it is 0.1 s */
#define POLL_NS 50000	/* about what waking another CPU's thread takes */
#define POLL_LOOPS 64	/* between two looks at the clock */
#define NEVER (~(u64)0)

/* What this process may run on, as it was started. */
static cpu_set_t allowed;

static int home_of(u32 number)
{
	int count, i;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return -1;
	count = CPU_COUNT(&allowed);
	if (count < 2)
		return -1;
	number %= (u32)count;
	for (i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &allowed) && !number--)
			return i;
	return -1;
}

void cpu_pin(const struct cpu *cpu, int tid)
{
	cpu_set_t set;

	if (cpu->home < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(cpu->home, &set);
	sched_setaffinity(tid, sizeof(set), &set);
}

void cpu_unpin(void)
{
	if (CPU_COUNT(&allowed))
		sched_setaffinity(0, sizeof(allowed), &allowed);
}

void cpu_init(struct cpu *cpu, u32 number)
{
	prctl(PR_SET_TIMERSLACK, 1); /* the tasks' threads inherit it: rests end in time */
	cpu->timer_ns = NEVER;
	cpu->home = home_of(number);
	cpu->number = number;
	cpu->timerfd = timerfd_create(CLOCK_MONOTONIC,
				      TFD_NONBLOCK | TFD_CLOEXEC);
	if (cpu->timerfd < 0)
		die(EXIT_HOST, "no timer for CPU %u: %s", number,
		    strerror(errno));
}

/*
 * Whoever raised the interrupt set its bit first. So either we see that the CPU
 * idles, or it sees the bit before it sleeps; and either we signal the thread
 * that holds the CPU, or the one that gets it after a switch sees the bit.
 */
void cpu_kick(struct cpu *cpu)
{
	int saved = errno, tid;

	switch (atomic_load(&cpu->idle)) {
	case CPU_POLLS:
		break; /* it sees the bit, or it will before it sleeps */
	case CPU_SLEEPS:
		futex_wake(cpu->idle_word, 1);
		break;
	default:
		tid = atomic_load(&cpu->tid);
		if (tid)
			syscall(SYS_tgkill, getpid(), tid, SIGURG);
	}
	errno = saved;
}

static u32 load(const u32 *word)
{
	return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

/* Until *word != 0 or a monotonic time. */
static void poll_word(const u32 *word, u64 until_ns)
{
	int i;

	while (clock_ns(CLOCK_MONOTONIC) < until_ns)
		for (i = 0; i < POLL_LOOPS; i++) {
			if (load(word))
				return;
			__builtin_ia32_pause();
		}
}

/* The system call itself: timerfd_settime() is TSan's, and cpu_retry() may have
 * interrupted TSan. */
static NOT_SANITIZED void arm(struct cpu *cpu, u64 ns, int flags)
{
	struct itimerspec when = { .it_value = timespec_of_ns(ns) };
	int saved = errno;

	syscall(SYS_timerfd_settime, cpu->timerfd, flags, &when, NULL);
	errno = saved;
}

void cpu_timer_set(struct cpu *cpu, u64 deadline_ns)
{
	cpu->timer_ns = deadline_ns;
	cpu->retries = 0;
	if (deadline_ns == NEVER)
		arm(cpu, 0, TFD_TIMER_ABSTIME); /* disarms */
	else
		arm(cpu, deadline_ns ? deadline_ns : 1, TFD_TIMER_ABSTIME);
}

/* A rest that ends when the timer is due ends by itself: the timer as well would wake
 * the main thread for nothing. */
static bool sleep_to_timer(struct cpu *cpu, u32 *word)
{
	u64 due_ns = cpu->timer_ns;
	struct timespec until = timespec_of_ns(due_ns);

	cpu_timer_set(cpu, NEVER);
	futex_wait(word, 0, &until);
	if (clock_ns(CLOCK_MONOTONIC) >= due_ns)
		return true;
	cpu_timer_set(cpu, due_ns);
	return false;
}

static bool sleep_to(struct cpu *cpu, u32 *word, u64 deadline_ns)
{
	struct timespec until = timespec_of_ns(deadline_ns);

	if (deadline_ns == cpu->timer_ns && deadline_ns != NEVER)
		return sleep_to_timer(cpu, word);
	futex_wait(word, 0, deadline_ns == NEVER ? NULL : &until);
	return false;
}

/*
 * A CPU whose last rest was short is likely to be woken soon again: it looks for
 * a while before it sleeps, so that two CPUs that work together do not wait for
 * the host's scheduler.
 */
bool cpu_idle(struct cpu *cpu, u32 *word, u64 deadline_ns)
{
	u64 start = clock_ns(CLOCK_MONOTONIC), stop = start + POLL_NS;
	bool is_due = false;

	atomic_store(&cpu->idle_word, word);
	if (cpu->short_rest) {
		atomic_store(&cpu->idle, CPU_POLLS);
		poll_word(word, stop < deadline_ns ? stop : deadline_ns);
	}
	atomic_store(&cpu->idle, CPU_SLEEPS);
	if (!load(word))
		is_due = sleep_to(cpu, word, deadline_ns);
	atomic_store(&cpu->idle, CPU_RUNS);
	cpu->short_rest = clock_ns(CLOCK_MONOTONIC) - start < 2 * POLL_NS;
	return is_due;
}

NOT_SANITIZED void cpu_retry(struct cpu *cpu)
{
	arm(cpu, (u64)RETRY_NS << cpu->retries, 0);
	if (!atomic_load(&cpu->debugged))
		cpu->retries = 0;
	else if (cpu->retries < MOST_RETRIES)
		cpu->retries++;
}
