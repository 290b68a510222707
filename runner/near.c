// SPDX-License-Identifier: Apache-2.0
/* near.c: what is at an address of the guest, for reports. */
#include <pthread.h>
#include <stdio.h>
#include <sys/uio.h>
#include <unistd.h>

#include "debug.h"
#include "near.h"
#include "task.h"
#include "variables.h"

#define NULL_AREA 65536u
/* If the kernel's debug information does not tell. */
#define KERNEL_STACK 32768u

/* Not by a load: it may be a guard. */
static bool peek(gaddr_t gaddr, u32 *ret)
{
	struct iovec to = { ret, sizeof(*ret) };
	struct iovec from = { memory_at(gaddr), sizeof(*ret) };

	return memory_has(&the_vm->memory, gaddr, sizeof(*ret)) &&
	       process_vm_readv(getpid(), &to, 1, &from, 1, 0) == sizeof(*ret);
}

/* What of the kernel's structures is needed here, 0 where unknown. */
static struct {
	u32 pid, stack, stack_size;
} layout;

static void read_layout(void)
{
	struct variable v;
	char error[160];

	if (variables_member("task_struct", "pid", &v))
		layout.pid = (u32)v.gaddr;
	if (variables_member("task_struct", "stack", &v))
		layout.stack = (u32)v.gaddr;
	if (!variables_find("init_stack", &v, error, sizeof(error)))
		layout.stack_size = (u32)v.size;
	if (!layout.stack_size)
		layout.stack_size = KERNEL_STACK;
}

static void need_layout(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, read_layout);
}

int near_pid(const struct task *t)
{
	u32 pid;

	need_layout();
	return layout.pid && peek(t->gaddr + layout.pid, &pid) ? (int)pid : -1;
}

static bool in_stack_of(const struct task *t, gaddr_t gaddr)
{
	u32 start;

	return layout.stack && peek(t->gaddr + layout.stack, &start) &&
	       gaddr - start < layout.stack_size;
}

static const struct task *stack_owner(gaddr_t gaddr)
{
	const struct task *t;
	size_t i;

	for (i = 0; i < TASK_SLOTS; i++) {
		t = atomic_load(&the_vm->tasks[i]);
		if (t && in_stack_of(t, gaddr))
			return t;
	}
	return NULL;
}

static bool print_stack_of(char *buf, size_t n, gaddr_t gaddr)
{
	const struct task *t;
	u32 start = 0, word;

	need_layout();
	t = layout.stack ? stack_owner(gaddr) : NULL;
	if (!t)
		return false;
	if (!peek(gaddr & ~3u, &word)) {
		snprintf(buf, n, "the guard of the kernel stack of task %s "
			 "(pid %d), which is used up", t->name, near_pid(t));
		return true;
	}
	peek(t->gaddr + layout.stack, &start);
	snprintf(buf, n, "in the kernel stack of task %s (pid %d), 0x%x of 0x%x "
		 "bytes from its end", t->name, near_pid(t), gaddr - start,
		 layout.stack_size);
	return true;
}

void near_print(char *buf, size_t n, gaddr_t gaddr)
{
	const struct memory *m = &the_vm->memory;
	u64 end = m->wasm.pages * WASM_PAGE;
	char name[160];
	u32 word;

	if (gaddr < NULL_AREA)
		snprintf(buf, n, "NULL plus 0x%x", gaddr);
	else if (gaddr < m->low || gaddr >= end)
		snprintf(buf, n, "no memory: the guest has %08x to %08llx",
			 m->low, (unsigned long long)end);
	else if (debug_print_data(name, sizeof(name), gaddr))
		snprintf(buf, n, "in %s", name);
	else if (variables_print(name, sizeof(name), gaddr))
		snprintf(buf, n, "kernel variable %s", name);
	else if (!print_stack_of(buf, n, gaddr))
		snprintf(buf, n, peek(gaddr & ~3u, &word) ?
			 "memory that the kernel gave to somebody, or to "
			 "nobody" : "a guard, such as there is below a stack");
}
