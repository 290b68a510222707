/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_UACCESS_H
#define _ASM_WASM_UACCESS_H

#include <linux/string.h>
#include <asm/guard.h>
#include <asm/page.h>

/*
 * Kernel and programs share one address space; what an access could fault on is
 * what is no RAM: the low addresses, NULL among them, and the end; and guards.
 */
static inline int __access_ok(const void __user *ptr, unsigned long size)
{
	unsigned long addr = (unsigned long)ptr;

	return !size || (addr >= memory_start && size <= memory_end &&
			 addr <= memory_end - size);
}
#define __access_ok __access_ok

static __always_inline __must_check unsigned long
raw_copy_from_user(void *to, const void __user *from, unsigned long n)
{
	if (unlikely(n && wasm_guarded((__force void *)from, n)))
		return n;
	memcpy(to, (__force void *)from, n);
	return 0;
}

static __always_inline __must_check unsigned long
raw_copy_to_user(void __user *to, const void *from, unsigned long n)
{
	if (unlikely(n && wasm_guarded((__force void *)to, n)))
		return n;
	memcpy((__force void *)to, from, n);
	return 0;
}

static inline __must_check unsigned long __clear_user(void __user *to,
						      unsigned long n)
{
	if (unlikely(n && wasm_guarded((__force void *)to, n)))
		return n;
	memset((__force void *)to, 0, n);
	return 0;
}
#define __clear_user __clear_user

#define INLINE_COPY_FROM_USER
#define INLINE_COPY_TO_USER

#include <asm-generic/uaccess.h>
#endif
