/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker.h: the host threads on which tasks run. One that has nothing to run any more
 * waits a while for the next task: to wake it costs less than to make a thread, above
 * all under a debugger, which is stopped for each thread that comes or goes.
 */
#ifndef RUNNER_WORKER_H
#define RUNNER_WORKER_H

struct cpu;

/* Before the first one. */
void worker_init(void);

/* Call run(arg) in another thread, on the home of a CPU. what: whom it is for, should
 * there be no thread. Any thread; dies. */
void worker_run(const struct cpu *cpu, void (*run)(void *arg), void *arg,
		const char *what);

#endif
