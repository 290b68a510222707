/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace.h: the last host calls, always recorded, for reports; and, when asked
 * for, every one printed. Any thread, no lock.
 */
#ifndef RUNNER_TRACE_H
#define RUNNER_TRACE_H

#include "hostabi.h"

#define TRACE_ARGS 7

/* Two calls may write to one entry when the ring has gone round meanwhile. */
struct trace_entry {
	_Atomic u32 call; /* HOST_CALL_COUNT: being written */
	_Atomic u32 cpu;
	_Atomic gaddr_t task;
	_Atomic bool returned;
	_Atomic u64 ret;
	_Atomic u64 args[TRACE_ARGS];
};

/* Print calls as they are made. */
void trace_set_printing(bool on);

struct trace_entry *trace_enter(enum host_call call, gaddr_t task, u32 cpu,
				const u64 args[TRACE_ARGS]);
void trace_leave(struct trace_entry *e, u64 ret);

/* The last calls, oldest first, on stderr. */
void trace_dump(unsigned int count);

/* The signature of a host call by its import name, or NULL. */
const char *trace_signature(const char *name);

#endif
