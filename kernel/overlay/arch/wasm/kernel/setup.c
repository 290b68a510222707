// SPDX-License-Identifier: GPL-2.0-only
/* setup.c: what the host hands over at boot. */
#include <linux/init.h>
#include <linux/initrd.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/smp.h>
#include <asm/sections.h>
#include <asm/setup.h>
#include <asm/smp.h>
#include <asm/time.h>

#define WASM_PAGE_SHIFT 16
#define WASM_MAX_PAGES (1ul << (32 - WASM_PAGE_SHIFT))

unsigned long memory_start, memory_end;
EXPORT_SYMBOL(memory_start);
EXPORT_SYMBOL(memory_end);

/* End of what is in use when the kernel starts: its image and the initrd. */
static unsigned long boot_end;

/* Take all memory that the host is willing to give, in wasm pages. */
static unsigned long __init grow_memory(void)
{
	unsigned long step;

	for (step = WASM_MAX_PAGES / 2; step; step /= 2)
		while (__builtin_wasm_memory_size(0) + step < WASM_MAX_PAGES &&
		       __builtin_wasm_memory_grow(0, step) != -1ul)
			;
	return __builtin_wasm_memory_size(0);
}

#ifdef CONFIG_CONSTRUCTORS
/* wasm-ld's, of what other linkers would put into .ctors. */
void __wasm_call_ctors(void);
#else
static inline void __wasm_call_ctors(void)
{
}
#endif

/*
 * What start_kernel() calls first. Nothing is done before that: a debugger that
 * stops there has missed nothing.
 */
void __init smp_setup_processor_id(void)
{
	boot_end = __builtin_wasm_memory_size(0) << WASM_PAGE_SHIFT;
	memory_end = grow_memory() << WASM_PAGE_SHIFT;
	wasm_clock_init();
	__wasm_call_ctors();
}

static int __init parse_memory_limit(char *arg)
{
	unsigned long limit = memparse(arg, &arg) & PAGE_MASK;

	if (limit > boot_end && limit < memory_end)
		memory_end = limit;
	return 0;
}
early_param("mem", parse_memory_limit);

static unsigned int possible_cpus __initdata = NR_CPUS;

/* The host's number of CPUs. */
static int __init parse_cpus(char *arg)
{
	if (kstrtouint(arg, 0, &possible_cpus) || !possible_cpus)
		possible_cpus = 1;
	return 0;
}
early_param("cpus", parse_cpus);

static void __init setup_memory(void)
{
	unsigned long zones[MAX_NR_ZONES] = { };

	memory_start = PAGE_ALIGN((unsigned long)_end);
	memblock_add(0, memory_end);
	memblock_reserve(0, memory_start);
#ifdef CONFIG_BLK_DEV_INITRD
	if (initrd_end > initrd_start)
		memblock_reserve(initrd_start, initrd_end - initrd_start);
#endif
	min_low_pfn = 0;
	max_low_pfn = max_pfn = memory_end >> PAGE_SHIFT;
	zones[ZONE_NORMAL] = max_pfn;
	free_area_init(zones);
}

void __init setup_arch(char **cmdline_p)
{
	static char command_line[COMMAND_LINE_SIZE] __initdata;

	strscpy(command_line, boot_command_line, sizeof(command_line));
	*cmdline_p = command_line;
	setup_initial_init_mm(_stext, _etext, _edata, _end);
	parse_early_param();
	setup_memory();
	wasm_smp_init_possible(possible_cpus);
}
