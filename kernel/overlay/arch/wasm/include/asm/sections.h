/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sections.h: functions are not in memory. A function pointer is an index in the
 * table of functions; an address in code (of a backtrace) is WASM_TEXT_BASE plus
 * its offset in the module's code section. kallsyms knows both.
 */
#ifndef _ASM_WASM_SECTIONS_H
#define _ASM_WASM_SECTIONS_H

#include <linux/types.h>
#include <asm/host_abi.h>

#define WASM_FUNCTION_POINTER_END 0x10000ul

static inline bool wasm_is_kernel_text(unsigned long addr)
{
	return (addr && addr < WASM_FUNCTION_POINTER_END) ||
	       addr >= WASM_TEXT_BASE;
}
#define __is_kernel_text wasm_is_kernel_text

#include <asm-generic/sections.h>
#endif
