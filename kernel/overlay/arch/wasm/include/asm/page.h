/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_PAGE_H
#define _ASM_WASM_PAGE_H

#define PAGE_SHIFT	CONFIG_PAGE_SHIFT
#ifdef __ASSEMBLY__
#define PAGE_SIZE	(1 << PAGE_SHIFT)
#else
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#endif
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PAGE_OFFSET	0UL
#define ARCH_PFN_OFFSET	0UL

#ifndef __ASSEMBLY__
#include <linux/types.h>

typedef struct { unsigned long pte; } pte_t;
typedef struct { unsigned long pmd; } pmd_t;
typedef struct { unsigned long pgd; } pgd_t;
typedef struct { unsigned long pgprot; } pgprot_t;
typedef struct page *pgtable_t;
#define pte_val(x)	((x).pte)
#define pmd_val(x)	((x).pmd)
#define pgd_val(x)	((x).pgd)
#define pgprot_val(x)	((x).pgprot)
#define __pte(x)	((pte_t) { (x) })
#define __pmd(x)	((pmd_t) { (x) })
#define __pgd(x)	((pgd_t) { (x) })
#define __pgprot(x)	((pgprot_t) { (x) })

#define clear_page(p)		memset((p), 0, PAGE_SIZE)
#define copy_page(to, from)	memcpy((to), (from), PAGE_SIZE)
#define clear_user_page(p, v, pg)	clear_page(p)
#define copy_user_page(to, from, v, pg)	copy_page(to, from)

/* [memory_start, memory_end): the RAM that is not the kernel's image. */
extern unsigned long memory_start, memory_end;

#define __pa(x)		((unsigned long)(x))
#define __va(x)		((void *)(unsigned long)(x))
static inline unsigned long virt_to_pfn(const void *kaddr)
{
	return __pa(kaddr) >> PAGE_SHIFT;
}
static inline void *pfn_to_virt(unsigned long pfn)
{
	return __va(pfn << PAGE_SHIFT);
}
#define virt_to_page(a)	pfn_to_page(virt_to_pfn(a))
#define page_to_virt(p)	pfn_to_virt(page_to_pfn(p))
#define page_to_phys(p)	((phys_addr_t)page_to_pfn(p) << PAGE_SHIFT)
#define virt_addr_valid(k)	(((unsigned long)(k)) >= memory_start && \
				 ((unsigned long)(k)) < memory_end)

#include <asm-generic/memory_model.h>
#include <asm-generic/getorder.h>
#endif
#endif
