/* SPDX-License-Identifier: Apache-2.0 */
/*
 * breakpoint.h: the CPU's own watchpoints, by perf_event_open(2): a SIGTRAP on
 * the thread that wrote, behind the instruction that did.
 */
#ifndef RUNNER_BREAKPOINT_H
#define RUNNER_BREAKPOINT_H

#include <signal.h>
#include <stdbool.h>

#include "util.h"

#define BREAKPOINTS 4u

/* Can the CPU watch an object of this place and size? */
bool breakpoint_fits(u64 address, u64 size);

/* Are there any for us, and do they work? Otherwise errno tells why not; ENODEV: they
 * are there and never hit. */
bool breakpoint_allowed(void);

/* How many are set. For debuggers: SIGTRAPs that they did not cause are ours. */
extern u32 runner_breakpoints;

/* Watch writes by the calling thread, and by all threads that it starts from
 * now on; id comes back with the signal. 0 or -1 and errno. */
int breakpoint_set(u64 address, u32 size, u32 id);

/* Is this SIGTRAP of a breakpoint? Whose? */
bool breakpoint_of_signal(const siginfo_t *info, u32 *id);

#endif
