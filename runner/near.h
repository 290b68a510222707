/* SPDX-License-Identifier: Apache-2.0 */
/* near.h: what is at an address of the guest, for reports. */
#ifndef RUNNER_NEAR_H
#define RUNNER_NEAR_H

#include <stdbool.h>

#include "util.h"

struct task;

/*
 * One line about the address: NULL, a kernel variable, a task's stack in kernel
 * or program, a program's data, an object of the allocator, what a program has
 * mapped, or what else is known. Takes up to
 * a second; the guest's structures are read as what they are, untrusted. Any
 * thread.
 */
void near_print(char *buf, size_t n, gaddr_t gaddr);

/* The kernel's number of the task, -1 if that is not to be known. */
int near_pid(const struct task *task);

#endif
