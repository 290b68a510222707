/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machine.h: one run: owns all that lives. The main thread runs the loop, the
 * guest's tasks have threads of their own.
 *
 * Locks, of which no thread holds two: memory.lock, image_lock, program.c's and
 * stack.c's. None is held while guest code runs.
 */
#ifndef RUNNER_MACHINE_H
#define RUNNER_MACHINE_H

#include <uv.h>

#include "options.h"
#include "vm.h"

struct machine {
	struct vm vm;
	struct translate_settings settings; /* of all, or the kernel alone */
	const struct options *options;
	uv_loop_t loop;
	uv_async_t wake; /* somebody ended the machine */
	uv_poll_t timers[MAX_CPUS];
	uv_signal_t signals[4];
	uv_timer_t timeout, clock;
	_Atomic int status; /* -1 while it runs */
	struct task *host; /* the main thread's, to raise interrupts */
	_Atomic bool expected; /* --expect was seen */
};

/* For debuggers, and for host calls. Set once. */
extern struct machine *runner_machine;

/* What a later machine_run() with these options would begin with: look at the files and
 * translate the kernel. Dies. */
void machine_translate(const struct options *o);

/* Boot and run to the end; the exit status. Dies. */
int machine_run(struct machine *m, const struct options *o);

/* The machine is to end so; the first call decides. Any thread, also in signal
 * handlers. The caller goes on. */
void machine_end(int status);

/* The console showed what --expect asks for. */
void machine_expected(void);

/* A CPU that the kernel may start; its timer works from now on. */
void machine_start_cpu(u32 cpu, gaddr_t idle, u32 start_stack);

#endif
