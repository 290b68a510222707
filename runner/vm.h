/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vm.h: what tasks and programs need of the machine they run in: memory, kernel,
 * CPUs, and a way to end it.
 */
#ifndef RUNNER_VM_H
#define RUNNER_VM_H

#include "cpu.h"
#include "kernel.h"
#include "memory.h"

struct task;
struct translate_settings;

struct vm {
	struct memory memory;
	struct kernel kernel;
	struct cpu cpus[MAX_CPUS];
	u32 ncpus;
	const struct translate_settings *settings; /* of programs */
	/* Tasks by address, an array of which few pages are ever touched. */
	_Atomic(struct task *) *tasks;

	/* End with this status; the caller's thread goes on until it blocks. */
	void (*end)(int status);
	/* A report on stderr: what happened, to whom, and the address that it
	 * is about; these two may be NULL. */
	void (*report)(const struct task *task, const char *what,
		       const gaddr_t *gaddr);
};

/* The one of this process; set once, before the first task. */
extern struct vm *the_vm;

#endif
