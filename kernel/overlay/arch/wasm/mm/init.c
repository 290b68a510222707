// SPDX-License-Identifier: GPL-2.0-only
/* init.c: the RAM that the host gave us. */
#include <linux/init.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include <asm/guard.h>
#include <asm/sections.h>

unsigned char empty_zero_page[PAGE_SIZE] __aligned(PAGE_SIZE);
EXPORT_SYMBOL(empty_zero_page);

void __init mem_init(void)
{
	memblock_free_all();
}

/* There is no coming back from a fault: say beforehand what would be one. */
bool copy_from_kernel_nofault_allowed(const void *src, size_t size)
{
	unsigned long addr = (unsigned long)src;

	return size && addr >= (unsigned long)__start_rodata &&
	       addr < memory_end && size <= memory_end - addr &&
	       !wasm_guarded(src, size);
}

/* Init data lies between other data: there is no range to give back. */
void free_initmem(void)
{
}
