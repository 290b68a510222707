/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_CURRENT_H
#define _ASM_WASM_CURRENT_H
#ifndef __ASSEMBLY__

struct task_struct;

/* Not volatile: an instance's task never changes once it is set. */
static __always_inline struct task_struct *get_current(void)
{
	struct task_struct *task;

	asm(".globaltype __wasm_current, i32\n\t"
	    "global.get __wasm_current\n\tlocal.set %0" : "=r"(task));
	return task;
}
#define current get_current()
#endif
#endif
