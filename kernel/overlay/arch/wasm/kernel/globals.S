/* SPDX-License-Identifier: GPL-2.0-only */
/* globals.S: the wasm globals, one set a task. See asm/globals.h. */
.macro global name
	.globaltype \name, i32
	.globl \name
\name:
.endm

	.section .globals,"",@
	global __wasm_current		/* struct task_struct * */
	global __wasm_irq_state		/* WASM_IRQS_* */
	global __wasm_irq_deferred	/* the host held back an interrupt */
