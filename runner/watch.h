/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.h: --watch and --record-writes: writes to the guest's memory are shown,
 * or kept, without a debugger.
 *
 * Up to four small objects are watched by the CPU, where the host allows it; what
 * is more, or larger, or to be recorded, by checks in the stores, for which all
 * modules have to be of the level `check`.
 */
#ifndef RUNNER_WATCH_H
#define RUNNER_WATCH_H

#include "options.h"

/* Are checks in the stores needed, whatever the places are? Says why. */
bool watch_needs_checks(const struct options *options);

/* Find out what is meant; exits if it is nothing. types_path: the kernel's
 * companion, or "". True: checks in the stores are needed. */
bool watch_prepare(const struct watch_options *options, const char *types_path);

/* From now on. On the thread that starts those of tasks, before it does. Dies. */
void watch_start(void);

/* The clock of a record of all memory has to tick? */
bool watch_needs_clock(void);

/* At the end of the run: how often it happened. */
void watch_finish(void);

/* For breakpoints of debuggers: called after a hit was printed. */
void guest_watch_hit(void);

#endif
