/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_BUG_H
#define _ASM_WASM_BUG_H

#ifdef CONFIG_BUG
/* The trap reaches wasm_ext_fault(), which prints the oops. */
#define BUG() do {                                                      \
	printk(KERN_CRIT "kernel BUG at %s:%d!\n", __FILE__, __LINE__); \
	__builtin_trap();                                               \
} while (0)
#define HAVE_ARCH_BUG
#endif

#include <asm-generic/bug.h>
#endif
