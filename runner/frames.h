/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frames.h: the kernel functions on a stack, found by frame pointers, which guest
 * text and the runner keep. They are told as the guest knows them: WASM_TEXT_BASE
 * plus the offset of the function's body in the code section.
 *
 * Where a signal came, the function in which it came is among them, but its caller
 * may be missing, if it had no frame yet. Of a function that calls itself two calls
 * are told, so that those that led there find room.
 */
#ifndef RUNNER_FRAMES_H
#define RUNNER_FRAMES_H

#include "task.h"

/* After the first signal handler was set. */
void frames_init(void);

/* Of the calling thread, which runs t: innermost first; how many. */
u32 frames_of_caller(struct task *t, u32 *addrs, u32 max);

/* Of a task that has switched away, which somebody holds with task_get(). If it
 * comes back meanwhile, they may be wrong. */
u32 frames_of_task(struct task *t, u32 *addrs, u32 max);

#endif
