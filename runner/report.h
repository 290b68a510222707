/* SPDX-License-Identifier: Apache-2.0 */
/* report.h: where a thread is, and how it came there. */
#ifndef RUNNER_REPORT_H
#define RUNNER_REPORT_H

#include "util.h"

struct task;

/* Loads what a backtrace needs, so that later ones need no memory. */
void report_init(void);

/* The calling thread's guest functions, innermost first, a line each
 * (" name+0x12"), NUL-terminated. */
void report_stack(char *buf, size_t n);

/* On stderr: who it is; NULL: the runner's main thread. */
void report_task(const struct task *task);

/* On stderr: the calling thread's guest functions, innermost first, from the one
 * that this address is in (an instruction of a frame of the calling thread). */
void report_stack_from(const void *pc);

/* On stderr: what is at the address, and who wrote there, if that is recorded. */
void report_address(gaddr_t gaddr);

/* On stderr: what happened, to whom (or NULL), what is at the address that it is
 * about (or NULL), the stack, the last host calls. */
void report_write(const struct task *task, const char *what,
		  const gaddr_t *gaddr);

/* The same of a fault of the runner's own: with its functions, and without what
 * takes more than the runner may still be able to do. */
void report_runner(const struct task *task, const char *what);

#endif
