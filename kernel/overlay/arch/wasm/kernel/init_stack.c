// SPDX-License-Identifier: GPL-2.0-only
/* init_stack.c: what a linker script would place for the first task. */
#include <linux/sched.h>
#include <linux/sched/task.h>

unsigned long init_stack[THREAD_SIZE / sizeof(long)] __aligned(THREAD_SIZE);
extern union thread_union init_thread_union
	__attribute__((alias("init_stack")));
