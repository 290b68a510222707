/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vfork.h: vfork(2), which returns twice into the same frames.
 *
 * The frames are on the host stack of a thread T, which runs task P. P's clone
 * system call is made on a helper thread, so that T is free for the child C: it
 * returns 0 from vfork() on T and runs there, in P's instance, until it executes
 * a program (then it moves to a thread of its own) or exits. Then P comes back
 * to T; its frames have been put back to what they were when vfork() was called,
 * and so has what they need of the instance. P's signals are blocked meanwhile,
 * but for SIGKILL: also those that would end it.
 */
#ifndef RUNNER_VFORK_H
#define RUNNER_VFORK_H

#include "task.h"

/* The import: pid or -errno in the parent, 0 in the child. */
u32 vfork_call(struct task *task, u32 sp, u32 tls);

/* A task of this image starts: does not return if it is the child of a vfork().
 * Else the caller goes on. Consumes the reference to image if it is. */
void vfork_claim(struct task *task, struct image *image);

/* Child is done with the thread: it exited, or is to execute its program. */
void vfork_child_gone(struct task *child, bool dead) __attribute__((noreturn));

#endif
