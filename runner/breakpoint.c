// SPDX-License-Identifier: Apache-2.0
/* breakpoint.c: the CPU's own watchpoints, see breakpoint.h. */
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "breakpoint.h"

/* si_code; si_perf_data follows si_addr (sigaction(2)). */
#define TRAP_OF_PERF 6

bool breakpoint_fits(u64 address, u64 size)
{
	return (size == 1 || size == 2 || size == 4 || size == 8) &&
	       !(address & (size - 1));
}

static int open_event(u64 address, u32 size, u32 id)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.bp_type = HW_BREAKPOINT_W,
		.bp_addr = address,
		.bp_len = size,
		.sample_period = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
		.sigtrap = 1,
		.remove_on_exec = 1,
		.inherit = 1,
		.inherit_thread = 1,
		.sig_data = id,
	};

	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1,
			    PERF_FLAG_FD_CLOEXEC);
}

bool breakpoint_allowed(void)
{
	static u64 probe;
	int fd = open_event((u64)(uintptr_t)&probe, sizeof(probe), 0);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

int breakpoint_set(u64 address, u32 size, u32 id)
{
	return open_event(address, size, id) < 0 ? -1 : 0;
}

bool breakpoint_of_signal(const siginfo_t *info, u32 *id)
{
	if (info->si_code != TRAP_OF_PERF)
		return false;
	*id = (u32)*(const unsigned long *)(&info->si_addr + 1);
	return true;
}
