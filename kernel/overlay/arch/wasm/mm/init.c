// SPDX-License-Identifier: GPL-2.0-only
/* init.c: the RAM that the host gave us. */
#include <linux/init.h>
#include <linux/memblock.h>
#include <linux/mm.h>

unsigned char empty_zero_page[PAGE_SIZE] __aligned(PAGE_SIZE);
EXPORT_SYMBOL(empty_zero_page);

void __init mem_init(void)
{
	memblock_free_all();
}

/* Init data lies between other data: there is no range to give back. */
void free_initmem(void)
{
}
