/* SPDX-License-Identifier: GPL-2.0-only */
/* faults.h: what the faults on purpose need of the rest. */
#ifndef _ASM_WASM_FAULTS_H
#define _ASM_WASM_FAULTS_H

#include <linux/types.h>

struct task_struct;

#ifdef CONFIG_WASM_FAULTS
/* The stack pointer that a task starts with; 0: its own. */
u32 wasm_fault_sp(const struct task_struct *new);
#else
static inline u32 wasm_fault_sp(const struct task_struct *new)
{
	return 0;
}
#endif
#endif
