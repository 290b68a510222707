/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_PTRACE_H
#define _ASM_WASM_PTRACE_H

#include <linux/types.h>
#include <uapi/asm/ptrace.h>
#include <asm/host_abi.h>

#ifndef __ASSEMBLY__
struct pt_regs {
	struct {	/* struct user_pt_regs, as signal frames have it */
		u32 syscall_nr;
		u32 args[6];
		u32 ret;
		u32 sp;
		u32 tls;
		u32 pc;
		u32 restart;
	};
	u32 mode;	/* WASM_IRQS_*: what was interrupted */
	u32 __pad[3];	/* the stack below stays aligned */
} __aligned(16);

#define user_mode(r)		((r)->mode == WASM_IRQS_USER)
#define regs_irqs_disabled(r)	((r)->mode == WASM_IRQS_OFF)
#define instruction_pointer(r)	((unsigned long)(r)->pc)
#define profile_pc(r)		instruction_pointer(r)
#define user_stack_pointer(r)	((unsigned long)(r)->sp)
#define kernel_stack_pointer(r)	((unsigned long)(r)->sp)
#define frame_pointer(r)	((unsigned long)(r)->sp)

static inline void instruction_pointer_set(struct pt_regs *regs,
					   unsigned long v)
{
	regs->pc = v;
}

static inline void user_stack_pointer_set(struct pt_regs *regs,
					  unsigned long v)
{
	regs->sp = v;
}

static inline unsigned long regs_return_value(struct pt_regs *regs)
{
	return regs->ret;
}

static inline bool is_syscall_success(struct pt_regs *regs)
{
	return regs->ret < -4095u;	/* MAX_ERRNO */
}

#define current_pt_regs()	task_pt_regs(current)
#endif
#endif
