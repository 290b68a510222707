/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * globals.h: wasm globals. Each task has a wasm instance of its own, so a
 * mutable global is per-task storage that needs no address. The list is defined
 * in kernel/globals.S.
 */
#ifndef _ASM_WASM_GLOBALS_H
#define _ASM_WASM_GLOBALS_H
#ifndef __ASSEMBLY__

#define wasm_global_get(name) ({                                        \
	unsigned long __v;                                              \
	asm volatile(".globaltype " #name ", i32\n\t"                   \
		     "global.get " #name "\n\tlocal.set %0" : "=r"(__v));\
	__v;                                                            \
})

#define wasm_global_set(name, value)                                    \
	asm volatile(".globaltype " #name ", i32\n\t"                   \
		     "local.get %0\n\tglobal.set " #name                \
		     : : "r"((unsigned long)(value)) : "memory")
#endif
#endif
