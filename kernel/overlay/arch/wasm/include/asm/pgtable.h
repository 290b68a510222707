/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_PGTABLE_H
#define _ASM_WASM_PGTABLE_H

#include <asm-generic/pgtable-nopud.h>
#include <asm/page.h>

extern unsigned char empty_zero_page[];
#define ZERO_PAGE(v)	virt_to_page(empty_zero_page)
#define PAGE_NONE	__pgprot(0)
#define PAGE_SHARED	__pgprot(0)
#define PAGE_COPY	__pgprot(0)
#define PAGE_READONLY	__pgprot(0)
#define PAGE_KERNEL	__pgprot(0)
#define swapper_pg_dir	((pgd_t *)0)
#define VMALLOC_START	0UL
#define VMALLOC_END	(~0UL)
#define KMAP_START	0UL
typedef pte_t *pte_addr_t;
#endif
