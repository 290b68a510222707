/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_PROCESSOR_H
#define _ASM_WASM_PROCESSOR_H
#ifndef __ASSEMBLY__

#include <linux/const.h>
#include <linux/types.h>
#include <asm/ptrace.h>
#include <asm/vdso/processor.h>

#define TASK_SIZE		0xffff0000UL
#define TASK_UNMAPPED_BASE	0
#define STACK_TOP		TASK_SIZE
#define STACK_TOP_MAX		TASK_SIZE

struct task_struct;

struct thread_struct {
	int (*fn)(void *);	/* a kernel thread's function */
	void *fn_arg;
	unsigned int started;	/* the host has a thread for it */
	unsigned int flow;	/* WASM_FLOW_*: what the next exit does */
};

/* What wasm_user_mode_tail() is told. */
#define WASM_FLOW_EXEC		(~0u)
#define WASM_FLOW_SIGNAL	1
#define WASM_FLOW_SIGRETURN	2

#define INIT_THREAD	{ .started = 1 }

/* The user's registers are at the top of the kernel stack, always. */
#define task_pt_regs(t) \
	((struct pt_regs *)(task_stack_page(t) + THREAD_SIZE) - 1)
#define KSTK_EIP(t)	0UL
#define KSTK_ESP(t)	(task_pt_regs(t)->sp)

void start_thread(struct pt_regs *regs, unsigned long pc, unsigned long sp);
static inline unsigned long __get_wchan(struct task_struct *p)
{
	return 0;
}
#endif
#endif
