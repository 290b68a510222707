// SPDX-License-Identifier: GPL-2.0-only
/* stacktrace.c: stacks hold no return addresses; the host knows the callers. */
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include <asm/host.h>

void *__wasm_return_address(unsigned int level)
{
	return NULL;
}

static DEFINE_RAW_SPINLOCK(text_lock);

void show_stack(struct task_struct *task, unsigned long *sp, const char *level)
{
	static char text[4096];
	char *rest = text, *line;
	unsigned long flags;

	if (task && task != current) {
		printk("%sCall trace of another task: use a debugger\n", level);
		return;
	}
	raw_spin_lock_irqsave(&text_lock, flags);
	wasm_dump_stacktrace(text, sizeof(text));
	printk("%sCall trace:\n", level);
	while ((line = strsep(&rest, "\n")))
		if (*line)
			printk("%s %s\n", level, line);
	raw_spin_unlock_irqrestore(&text_lock, flags);
}
