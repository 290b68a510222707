// SPDX-License-Identifier: Apache-2.0
/* near.c: what is at an address of the guest, for reports. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "debug.h"
#include "near.h"
#include "slab.h"
#include "task.h"
#include "variables.h"

#define NULL_AREA 65536u
/* If the kernel's debug information does not tell. */
#define KERNEL_STACK 32768u
#define TASK_TEXT 80

static bool peek(gaddr_t gaddr, u32 *ret)
{
	return memory_peek(&the_vm->memory, gaddr, ret);
}

/* What of the kernel's structures is needed here, 0 where unknown. */
static struct {
	u32 pid, state, stack, stack_size;
} layout;

static void read_layout(void)
{
	struct variable v;
	char error[160];

	if (variables_member("task_struct", "pid", &v))
		layout.pid = (u32)v.gaddr;
	if (variables_member("task_struct", "__state", &v))
		layout.state = (u32)v.gaddr;
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

static int pid_of(gaddr_t task)
{
	u32 pid;

	need_layout();
	return layout.pid && peek(task + layout.pid, &pid) ? (int)pid : -1;
}

int near_pid(const struct task *t)
{
	return pid_of(t->gaddr);
}

/* As ps shows it. */
static char state_of(gaddr_t task)
{
	u32 state;

	if (!layout.state || !peek(task + layout.state, &state))
		return '?';
	return !state ? 'R' : state & 1 ? 'S' : state & 2 ? 'D' : '?';
}

/* "task sh (pid 46)"; of others than the caller's also what they do. */
static const char *task_text(char *buf, size_t n, const struct task_id *t)
{
	char state[16] = "";

	if (!task_self || t->gaddr != task_self->gaddr)
		snprintf(state, sizeof(state), ", state %c", state_of(t->gaddr));
	snprintf(buf, n, "task %s (pid %d%s)", t->name, pid_of(t->gaddr), state);
	return buf;
}

static bool in_stack_of(gaddr_t task, gaddr_t gaddr)
{
	u32 start;

	return layout.stack && peek(task + layout.stack, &start) &&
	       gaddr - start < layout.stack_size;
}

static bool stack_owner(gaddr_t gaddr, struct task_id *ret)
{
	size_t i;

	for (i = 0; i < TASK_SLOTS; i++)
		if (task_identify(i, ret) && in_stack_of(ret->gaddr, gaddr))
			return true;
	return false;
}

static bool print_stack_of(char *buf, size_t n, gaddr_t gaddr)
{
	struct task_id t;
	char task[TASK_TEXT];
	u32 start = 0, word;

	need_layout();
	if (!layout.stack || !stack_owner(gaddr, &t))
		return false;
	task_text(task, sizeof(task), &t);
	if (!peek(gaddr & ~3u, &word)) {
		snprintf(buf, n, "the guard of the kernel stack of %s, which "
			 "is used up", task);
		return true;
	}
	peek(t.gaddr + layout.stack, &start);
	snprintf(buf, n, "in the kernel stack of %s, 0x%x of 0x%x bytes from "
		 "its end", task, gaddr - start, layout.stack_size);
	return true;
}

/* The task whose task_struct this object is, as ", of task sh (pid 46)". */
static const char *owner_text(char *buf, size_t n,
			      const struct slab_object *object)
{
	struct task_id t;
	char task[TASK_TEXT];

	buf[0] = 0;
	if (!strcmp(object->cache, "task_struct") && !object->is_free &&
	    task_identify(object->start >> TASK_SLOT_SHIFT, &t) &&
	    t.gaddr == object->start)
		snprintf(buf, n, ", of %s", task_text(task, sizeof(task), &t));
	return buf;
}

static bool print_object(char *buf, size_t n, gaddr_t gaddr)
{
	struct slab_object o;
	char owner[TASK_TEXT];

	if (!slab_find(&the_vm->memory, gaddr, &o))
		return false;
	owner_text(owner, sizeof(owner), &o);
	if (gaddr - o.start < o.size)
		snprintf(buf, n, "slab: %s of cache %s at 0x%x + %u%s",
			 o.is_free ? "a free object" : "an object", o.cache,
			 o.start, gaddr - o.start, owner);
	else
		snprintf(buf, n, "slab: beside %s of cache %s at 0x%x (%u "
			 "bytes)%s", o.is_free ? "a free object" : "an object",
			 o.cache, o.start, o.size, owner);
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
	else if (print_stack_of(buf, n, gaddr))
		return;
	else if (!peek(gaddr & ~3u, &word))
		snprintf(buf, n, "a guard, such as there is below a stack");
	else if (!print_object(buf, n, gaddr))
		snprintf(buf, n, "memory that the kernel gave to somebody, or "
			 "to nobody");
}
