/* SPDX-License-Identifier: Apache-2.0 */
/* user.h: the program that a task runs. */
#ifndef RUNNER_USER_H
#define RUNNER_USER_H

#include "debug.h"
#include "program.h"
#include "task.h"

/*
 * What exec made of a program: its place in memory, its table of functions, and
 * an instance as it was before it ran, of which clones are copies.
 */
struct image {
	const struct program *program;
	u32 bin_start, data_start;
	_Atomic u32 refs;
	u32 clones; /* references that children on their way have; with image_lock */
	wasm_rt_funcref_table_t table;
	u32 memory_base, table_base;
	void *template;
	struct debug_image debug;
	struct image *next;
	struct vfork *vforks; /* parents whose child has not come yet */
};

/* An instance. */
struct user {
	struct image *image;
	struct task *bound; /* whose host calls its imports make */
	_Atomic u32 refs;
	void *instance;
	volatile u32 sp; /* __stack_pointer */
};

/* exec: task->loaded becomes the program in these bytes, or one that cannot
 * run and kills the task. */
void user_load(struct task *task, u32 bin_start, u32 bin_end, u32 data_start);

/* Start task->loaded. */
void user_exec(struct task *task) __attribute__((noreturn));
/* Go on as the child of clone(). */
void user_clone(struct task *task) __attribute__((noreturn));

/* task is about to clone(): what its child is to run has to be there until the
 * child has come, even if task is gone by then, or until the call has failed. */
struct image *user_clone_begin(struct task *task);
void user_clone_end(struct image *image);

/* Leave the program and all that it has on the stack. */
void user_drop(struct task *task);

/* No signal handler of it will return. */
void user_drop_frames(struct task *task);

/* Stack pointer and TLS base of the program, for the kernel. */
void user_registers(struct task *task, u32 *sp, u32 *tls);

/* wasm_user_mode_tail(). */
void user_tail(struct task *task, u32 flow);

/* Take up user mode in the kernel's books; handles a deferred interrupt. */
void user_enter(struct task *task);

/* Its imports make task's calls from now on. Not in user mode: an interrupt would
 * find the thread in the program's text, and the program half bound. */
void user_bind(struct user *user, struct task *task);

/* What its calls in progress need of the instance, while others run in it: the bytes
 * that it takes, take them, and put them back. */
size_t user_state_size(const struct user *user);
void user_save_state(const struct user *user, void *state);
void user_restore_state(struct user *user, const void *state);

struct user *user_get(struct user *user);
void user_put(struct user *user);

/* End the task as if by exit_group(status). */
void user_exit(struct task *task, u32 status) __attribute__((noreturn));

extern pthread_mutex_t image_lock;

#endif
