/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guard.h: pages of RAM that nobody may touch, such as those below stacks: the
 * host makes an access fault, and the kernel does not even try one for a program.
 */
#ifndef _ASM_WASM_GUARD_H
#define _ASM_WASM_GUARD_H
#ifndef __ASSEMBLY__

#include <linux/types.h>
#include <asm/page.h>

/* A bit for each page. */
extern unsigned long wasm_guards[];

/* Of whole pages. 0, or -ENOMEM if the host cannot. */
int wasm_guard(unsigned long start, unsigned long end);
int wasm_unguard(unsigned long start, unsigned long end);

bool wasm_any_guarded(unsigned long first_pfn, unsigned long last_pfn);

static __always_inline bool wasm_pfn_guarded(unsigned long pfn)
{
	return wasm_guards[pfn / BITS_PER_LONG] >> pfn % BITS_PER_LONG & 1;
}

/* Is one of the n > 0 bytes at addr in such a page? */
static __always_inline bool wasm_guarded(const volatile void *p,
					 unsigned long n)
{
	unsigned long first = (unsigned long)p >> PAGE_SHIFT;
	unsigned long last = ((unsigned long)p + n - 1) >> PAGE_SHIFT;

	if (likely(last - first <= 1))
		return wasm_pfn_guarded(first) || wasm_pfn_guarded(last);
	return wasm_any_guarded(first, last);
}
#endif
#endif
