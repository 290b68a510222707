// SPDX-License-Identifier: GPL-2.0-only
/*
 * stacktrace.c: stacks hold no return addresses; the host knows the callers. It
 * tells the functions, not the places in them.
 */
#include <linux/kallsyms.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/sched/task_stack.h>
#include <linux/spinlock.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

#include <asm/host.h>
#include <asm/traps.h>

#define MAX_DEPTH 64

/* Where a task that runs is, only its own CPU could say. */
static __always_inline u32 walk(struct task_struct *task, u32 *addrs)
{
	if (task == current)
		return wasm_ext_stack_trace(NULL, addrs, MAX_DEPTH);
	if (task_curr(task))
		return 0;
	return wasm_ext_stack_trace(task, addrs, MAX_DEPTH);
}

noinline void arch_stack_walk(stack_trace_consume_fn consume, void *cookie,
			      struct task_struct *task, struct pt_regs *regs)
{
	u32 addrs[MAX_DEPTH], count = walk(task, addrs);
	u32 i = task == current;	/* without this function */

	for (; i < count; i++)
		if (!consume(cookie, addrs[i]))
			break;
}

/* Only a kernel that watches its locks wants it so often, and pays for it. */
void *__wasm_return_address(unsigned int level)
{
#ifdef CONFIG_LOCKDEP
	u32 addrs[10], want = min(level + 3, 10u);

	/* this function, the one that asks, its caller */
	if (wasm_ext_stack_trace(NULL, addrs, want) == want)
		return (void *)addrs[want - 1];
#endif
	return NULL;
}
EXPORT_SYMBOL(__wasm_return_address);

static bool print_entry(void *level, unsigned long addr)
{
	printk("%s %pS\n", (const char *)level, (void *)addr);
	return true;
}

void show_stack(struct task_struct *task, unsigned long *sp, const char *level)
{
	printk("%sCall Trace:\n", level);
	arch_stack_walk(print_entry, (void *)level, task ?: current, NULL);
}

static DEFINE_RAW_SPINLOCK(text_lock);

/* With the functions of the program, which only the host has names for. */
void wasm_show_user_stack(const char *level)
{
	static char text[4096];
	char *rest = text, *line;
	unsigned long flags;

	raw_spin_lock_irqsave(&text_lock, flags);
	wasm_dump_stacktrace(text, sizeof(text));
	printk("%sCall trace:\n", level);
	while ((line = strsep(&rest, "\n")))
		if (*line)
			printk("%s %s\n", level, line);
	raw_spin_unlock_irqrestore(&text_lock, flags);
}
