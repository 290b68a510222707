/* SPDX-License-Identifier: Apache-2.0 */
/*
 * granules.h: which parts of the guest's memory its checked stores look at twice
 * (guest_rt.h). Modules of other levels than `check` do not look at all.
 */
#ifndef RUNNER_GRANULES_H
#define RUNNER_GRANULES_H

#include "util.h"

/* Map them; nothing is marked. Before a module is loaded. Dies. */
void granules_init(void);

/* Stores that touch [start, end) are of interest: GUEST_MARK_*. */
void granules_mark(u64 start, u64 end, unsigned char mark);

/* The clock that GUEST_MARK_LAST notes. */
void granules_set_clock(u32 time);

#endif
