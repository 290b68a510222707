// SPDX-License-Identifier: GPL-2.0-only
/*
 * unused.c: free memory of the guest is the host's again, some seconds after much was
 * freed. The blocks stay on the free lists meanwhile: mm/page_reporting.c takes them off,
 * and whoever wants a large one then would have none.
 */
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/sizes.h>
#include <linux/timer.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>

#include <asm/host.h>

#define ORDER	4	/* blocks from 64 KiB on */
#define BLOCK	(1ul << ORDER)
#define MANY	(SZ_1M / PAGE_SIZE)
#define PERIOD	(10 * HZ)

static unsigned long told_at;	/* freed_pages() */

/* Since the boot. */
static unsigned long freed_pages(void)
{
	unsigned long sum = 0;
	int cpu;

	for_each_online_cpu(cpu)
		sum += per_cpu(vm_event_states, cpu).event[PGFREE];
	return sum;
}

/* Returns how many pages further the next block may begin. */
static unsigned long tell_of_block(struct zone *zone, unsigned long pfn)
{
	struct page *page = pfn_to_page(pfn);
	unsigned long flags, pages = BLOCK;

	spin_lock_irqsave(&zone->lock, flags);
	if (PageBuddy(page) && page_private(page) >= ORDER) {
		pages = 1ul << page_private(page);
		wasm_ext_memory_unused((u32)page_address(page), pages * PAGE_SIZE);
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	return pages;
}

static void tell_host(struct work_struct *work)
{
	struct zone *zone;
	unsigned long pfn;

	told_at = freed_pages();
	for_each_populated_zone(zone) {
		pfn = ALIGN(zone->zone_start_pfn, BLOCK);
		while (pfn < zone_end_pfn(zone)) {
			pfn += tell_of_block(zone, pfn);
			cond_resched();
		}
	}
}

static DECLARE_WORK(work, tell_host);

static void look(struct timer_list *timer)
{
	if (freed_pages() - told_at >= MANY)
		schedule_work(&work);
	mod_timer(timer, round_jiffies(jiffies + PERIOD));
}

/* Free pages that are poisoned have to stay as they are. */
static int __init unused_init(void)
{
	static struct timer_list timer;

	if (page_poisoning_enabled())
		return 0;
	timer_setup(&timer, look, 0);
	mod_timer(&timer, round_jiffies(jiffies + PERIOD));
	return 0;
}
device_initcall(unused_init);
