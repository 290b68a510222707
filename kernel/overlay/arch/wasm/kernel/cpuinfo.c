// SPDX-License-Identifier: GPL-2.0-only
/* cpuinfo.c: /proc/cpuinfo. */
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/seq_file.h>

static int show_cpuinfo(struct seq_file *m, void *v)
{
	unsigned int cpu = (unsigned long)v - 1;

	seq_printf(m, "processor\t: %u\n", cpu);
	seq_puts(m, "model name\t: WebAssembly 32-bit\n");
	seq_puts(m, "Features\t: atomics bulk-memory mutable-globals\n\n");
	return 0;
}

static void *cpuinfo_start(struct seq_file *m, loff_t *pos)
{
	*pos = cpumask_next(*pos - 1, cpu_online_mask);
	return *pos < nr_cpu_ids ? (void *)(unsigned long)(*pos + 1) : NULL;
}

static void *cpuinfo_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return cpuinfo_start(m, pos);
}

static void cpuinfo_stop(struct seq_file *m, void *v)
{
}

const struct seq_operations cpuinfo_op = {
	.start = cpuinfo_start,
	.next = cpuinfo_next,
	.stop = cpuinfo_stop,
	.show = show_cpuinfo,
};
