// SPDX-License-Identifier: GPL-2.0-only
/* report.c: tells the host of memory that is free, so that it can be the host's. */
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/page_reporting.h>
#include <linux/scatterlist.h>

#include <asm/host.h>

#define ORDER	4	/* blocks from 64 KiB on */

static int report(struct page_reporting_dev_info *info, struct scatterlist *list,
		  unsigned int n)
{
	struct scatterlist *block;
	unsigned int i;

	for_each_sg(list, block, n, i)
		wasm_ext_memory_unused((u32)sg_virt(block), block->length);
	return 0;
}

static struct page_reporting_dev_info reporting = {
	.report = report,
	.order = ORDER,
};

/* Free pages that are poisoned have to stay as they are. */
static int __init report_init(void)
{
	return page_poisoning_enabled() ? 0 : page_reporting_register(&reporting);
}
device_initcall(report_init);
