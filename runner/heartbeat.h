/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heartbeat.h: whether the process was stopped, by a signal or in a debugger. The
 * guest does not hold up the main thread: when that is late, everything was.
 */
#ifndef RUNNER_HEARTBEAT_H
#define RUNNER_HEARTBEAT_H

#include <uv.h>

#include "util.h"

/* Once, on the main thread, whose loop it is. */
void heartbeat_start(uv_loop_t *loop);

/* Did the process stand still for more than a second (1 to 1.5 s are seen or not, as
 * beats fall), and did that end not longer ago than it took? Any thread. */
bool heartbeat_missed(void);

#endif
