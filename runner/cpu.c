// SPDX-License-Identifier: Apache-2.0
/* cpu.c: a virtual CPU: kick it, let it sleep, its timer. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/timerfd.h>

#include "cpu.h"
#include "exit.h"
#include "futex.h"
#include "log.h"

#define RETRY_NS 50000
#define NEVER (~(u64)0)

void cpu_init(struct cpu *cpu, u32 number)
{
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

	if (atomic_load(&cpu->idle)) {
		futex_wake(cpu->idle_word, 1);
	} else {
		tid = atomic_load(&cpu->tid);
		if (tid)
			syscall(SYS_tgkill, getpid(), tid, SIGURG);
	}
	errno = saved;
}

void cpu_idle(struct cpu *cpu, u32 *word, u64 deadline_ns)
{
	struct timespec until = timespec_of_ns(deadline_ns);

	atomic_store(&cpu->idle_word, word);
	atomic_store(&cpu->idle, 1);
	if (!__atomic_load_n(word, __ATOMIC_SEQ_CST))
		futex_wait(word, 0, deadline_ns == NEVER ? NULL : &until);
	atomic_store(&cpu->idle, 0);
}

static void arm(struct cpu *cpu, u64 ns, int flags)
{
	struct itimerspec when = { .it_value = timespec_of_ns(ns) };
	int saved = errno;

	timerfd_settime(cpu->timerfd, flags, &when, NULL);
	errno = saved;
}

void cpu_timer_set(struct cpu *cpu, u64 deadline_ns)
{
	if (deadline_ns == NEVER)
		arm(cpu, 0, TFD_TIMER_ABSTIME); /* disarms */
	else
		arm(cpu, deadline_ns ? deadline_ns : 1, TFD_TIMER_ABSTIME);
}

void cpu_retry(struct cpu *cpu)
{
	arm(cpu, RETRY_NS, 0);
}
