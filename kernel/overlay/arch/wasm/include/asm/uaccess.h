/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_UACCESS_H
#define _ASM_WASM_UACCESS_H

#include <asm/page.h>

/*
 * Kernel and programs share one address space; what an access could fault on is
 * what is no RAM: the low addresses, NULL among them, and the end.
 */
static inline int __access_ok(const void __user *ptr, unsigned long size)
{
	unsigned long addr = (unsigned long)ptr;

	return !size || (addr >= memory_start && size <= memory_end &&
			 addr <= memory_end - size);
}
#define __access_ok __access_ok

#include <asm-generic/uaccess.h>
#endif
