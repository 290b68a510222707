/* SPDX-License-Identifier: Apache-2.0 */
/* report.h: where a thread is, and how it came there. */
#ifndef RUNNER_REPORT_H
#define RUNNER_REPORT_H

#include <stddef.h>

struct task;

/* Loads what a backtrace needs, so that later ones need no memory. */
void report_init(void);

/* The calling thread's guest functions, innermost first, a line each
 * (" name+0x12"), NUL-terminated. */
void report_stack(char *buf, size_t n);

/* On stderr: what happened, to whom, the stack, the last host calls. */
void report_write(struct task *task, const char *what);

#endif
