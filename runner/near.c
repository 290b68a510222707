// SPDX-License-Identifier: Apache-2.0
/* near.c: what is at an address of the guest, for reports. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "debug.h"
#include "near.h"
#include "region.h"
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
	u32 pid, state, stack, mm, stack_size;
	u32 start_stack, start_data; /* of an mm_struct */
	u32 registers_sp, registers_size; /* of pt_regs */
} layout;

static u32 offset_of(const char *structure, const char *name)
{
	struct variable v;

	return variables_member(structure, name, &v) ? (u32)v.gaddr : 0;
}

static void read_layout(void)
{
	struct variable v;
	char error[160];

	layout.pid = offset_of("task_struct", "pid");
	layout.state = offset_of("task_struct", "__state");
	layout.stack = offset_of("task_struct", "stack");
	layout.mm = offset_of("task_struct", "mm");
	layout.start_stack = offset_of("mm_struct", "start_stack");
	layout.start_data = offset_of("mm_struct", "start_data");
	layout.registers_sp = offset_of("pt_regs", "sp");
	if (variables_member("pt_regs", NULL, &v))
		layout.registers_size = (u32)v.size;
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

/* ---- stacks ------------------------------------------------------------- */

/* Has the task a stack in there? */
typedef bool (*stack_test)(gaddr_t task, const struct region *r);

static bool find_task(stack_test has_stack, const struct region *r,
		      struct task_id *ret)
{
	u64 i, end = the_vm->memory.wasm.pages * WASM_PAGE >> TASK_SLOT_SHIFT;

	for (i = 0; i < end; i++)
		if (task_identify(i, ret) && has_stack(ret->gaddr, r))
			return true;
	return false;
}

static bool has_kernel_stack(gaddr_t task, const struct region *r)
{
	u32 start;

	return layout.stack && peek(task + layout.stack, &start) &&
	       r->start - start < layout.stack_size;
}

/* A member of the task's mm_struct. False also for a thread of the kernel. */
static bool peek_mm(gaddr_t task, u32 member, u32 *ret)
{
	u32 mm;

	return layout.mm && member && peek(task + layout.mm, &mm) && mm &&
	       peek(mm + member, ret);
}

/* As it was when the task last entered the kernel: the user's registers are at
 * the top of its stack. */
static bool peek_user_sp(gaddr_t task, u32 *ret)
{
	u32 start;

	return layout.stack && layout.registers_sp && layout.registers_size &&
	       peek(task + layout.stack, &start) &&
	       peek(start + layout.stack_size - layout.registers_size +
		    layout.registers_sp, ret);
}

/* Not where its data and heap are, too: those are no stack, if one is there. */
static bool has_user_sp(gaddr_t task, const struct region *r)
{
	u32 sp, data;

	return peek_user_sp(task, &sp) && region_contains(r, sp) &&
	       peek_mm(task, layout.start_data, &data) &&
	       !region_contains(r, data);
}

static bool has_first_stack(gaddr_t task, const struct region *r)
{
	u32 top;

	return peek_mm(task, layout.start_stack, &top) &&
	       region_contains(r, top - 1);
}

/* Of a thread that is on it, or of the program's first one. */
static bool find_user_stack(gaddr_t gaddr, struct region *stack,
			    struct task_id *ret)
{
	return region_find(&the_vm->memory, gaddr, stack) &&
	       (find_task(has_user_sp, stack, ret) ||
		find_task(has_first_stack, stack, ret));
}

static bool find_kernel_stack(gaddr_t gaddr, struct region *stack,
			      struct task_id *ret)
{
	*stack = (struct region){ gaddr, gaddr };
	if (!find_task(has_kernel_stack, stack, ret) ||
	    !peek(ret->gaddr + layout.stack, &stack->start))
		return false;
	stack->end = stack->start + layout.stack_size;
	return true;
}

static bool print_stack_of(char *buf, size_t n, gaddr_t gaddr)
{
	const char *kind = "kernel stack";
	struct region stack;
	struct task_id t;
	char task[TASK_TEXT];
	u32 word;

	need_layout();
	if (!find_kernel_stack(gaddr, &stack, &t)) {
		if (!find_user_stack(gaddr, &stack, &t))
			return false;
		kind = "stack";
	}
	task_text(task, sizeof(task), &t);
	if (peek(gaddr & ~3u, &word))
		snprintf(buf, n, "in the %s of %s, 0x%x of 0x%x bytes from its "
			 "end", kind, task, gaddr - stack.start,
			 stack.end - stack.start);
	else
		snprintf(buf, n, "the guard of the %s of %s, which is used up",
			 kind, task);
	return true;
}

/* ---- objects ------------------------------------------------------------ */

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
	struct region region;
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
	else if (print_object(buf, n, gaddr))
		return;
	else if (region_find(m, gaddr, &region))
		snprintf(buf, n, "memory that a program has mapped, 0x%x of "
			 "0x%x bytes from its start", gaddr - region.start,
			 region.end - region.start);
	else
		snprintf(buf, n, "memory that the kernel gave to somebody, or "
			 "to nobody");
}
