/* SPDX-License-Identifier: Apache-2.0 */
/*
 * task.h: a guest task is a host thread with a kernel instance of its own.
 *
 * A task is created when the kernel first switches to it and freed by its own
 * thread, after the kernel has released it, when it has switched away for the
 * last time. Until then only its thread touches it, but for `wake`, `last_task`
 * and `cpu`, which the task that switches to it sets.
 */
#ifndef RUNNER_TASK_H
#define RUNNER_TASK_H

#include "jump.h"
#include "vm.h"

struct image;
struct signal_frame;
struct user;
struct vfork;

/* What unwinding to a thread's top finds there. */
enum task_top {
	TOP_FIRST,
	TOP_EXEC,	/* start task->loaded */
	TOP_DIE,	/* free the task, let the thread go */
	TOP_END,	/* let the thread go; the task is elsewhere */
};

enum task_entry {
	ENTER_BOOT,	/* _start */
	ENTER_CPU,	/* _start_secondary(argument) */
	ENTER_TASK,	/* ret_from_fork(argument, task) */
	ENTER_EXEC,	/* the program that was loaded, after a move */
};

struct task {
	void *kinst; /* kernel instance */
	const struct kernel *kernel;
	struct user *user; /* the program that runs, or NULL */

	/* Of the kernel instance; the first two may be NULL. */
	volatile u32 *irq_state, *irq_deferred, *kernel_sp;

	gaddr_t gaddr;
	struct cpu *_Atomic cpu;
	_Atomic u32 wake; /* futex: TASK_WAKE, TASK_DIE */
	gaddr_t last_task;
	void *_Atomic frame; /* where it switched away; see frames.h */
	_Atomic int tid;
	int home; /* the host's CPU that the thread is kept on */
	u32 spins;

	enum task_entry entry;
	gaddr_t entry_argument;
	struct jump top;
	struct signal_frame *frames, *spare_frame; /* newest; of the same program */
	struct image *loaded; /* by exec, to start at TOP_EXEC */
	u32 bin_start, data_start; /* of the program it was cloned with */

	struct vfork *vfork; /* it waits in vfork() */
	struct vfork *borrowed; /* it runs on the thread of this one */
	char *stack_base; /* host stack: frames of the program are below */
	u32 kernel_faults;
	bool has_fault_addr; /* of the fault that the kernel was told of last */
	gaddr_t fault_addr;
	/* For debuggers: where the last interrupt went back to, how many did. */
	const void *interrupted_pc;
	u32 interrupts;
	char name[16];
};

/* No two tasks are in the same 512 bytes. */
#define TASK_SLOT_SHIFT 9
#define TASK_SLOTS ((size_t)1 << (32 - TASK_SLOT_SHIFT))

#define TASK_WAKE 1u
#define TASK_DIE 2u

/* The calling thread's task, for signal handlers; NULL in other threads. */
extern _Thread_local struct task *task_self;

/* Signals and stacks for threads of tasks. Before the first one. */
void task_init(void);

/* A task with a kernel instance (or none yet), known by its address. Dies. */
struct task *task_create(gaddr_t gaddr, const char *name, struct cpu *cpu,
			 void *kinst);

/* Give it a thread, that enters the guest as task->entry says. Dies. */
void task_spawn(struct task *task);

/* The task at that address, or NULL. */
struct task *task_find(gaddr_t gaddr);

/* The same, and it is not freed before task_put(). */
struct task *task_get(gaddr_t gaddr);
void task_put(void);

/* What is to be said of a task, which may be gone meanwhile. */
struct task_id {
	gaddr_t gaddr;
	char name[16];
};
/* Of the one in this slot, below TASK_SLOTS; false: there is none, or that
 * cannot be told now. */
bool task_identify(size_t slot, struct task_id *ret);

/* Switch from the caller to next: wake it, wait. Returns who switched back. */
gaddr_t task_switch(struct task *task, struct task *next);

/* The same to a task that was just created. */
gaddr_t task_switch_new(struct task *task, struct task *next);

/* Nobody will switch to dead any more. */
void task_release(struct task *dead);

/* This thread runs task from now on. */
void task_adopt(struct task *task);

/* The caller's thread ends, or what it ran on is given back. */
void task_die(struct task *task) __attribute__((noreturn));
void task_free(struct task *task);

void task_set_name(struct task *task, const char *name);

/* The guest did what no guest may: report, end the machine. */
void task_bug(struct task *task, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/* The thread does nothing any more; the machine is about to end. */
void task_stop(void) __attribute__((noreturn));

static inline bool task_in_user_mode(const struct task *task)
{
	return task->irq_state && *task->irq_state == WASM_IRQS_USER;
}

/* A fault of the program if it has left too little of the host's stack to the kernel,
 * in user mode. For what guest code calls. task: the caller's, or NULL. */
void task_check_stack(const struct task *task);

#endif
