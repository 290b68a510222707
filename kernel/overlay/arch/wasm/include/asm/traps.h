/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_TRAPS_H
#define _ASM_WASM_TRAPS_H

void wasm_fault_user(int signo, unsigned long addr);
/* The kernel stack of this task was used up, down to sp. */
void __noreturn wasm_kernel_stack_overflow(unsigned long sp);
void __noreturn wasm_fault_kernel(int signo, unsigned long addr);
/* The caller's stack, with the functions of the program. */
void wasm_show_user_stack(const char *level);
#endif
