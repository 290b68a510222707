// SPDX-License-Identifier: Apache-2.0
/* breakpoint.c: the CPU's own watchpoints, see breakpoint.h. */
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "breakpoint.h"

u32 runner_breakpoints;

/* si_code; si_perf_data follows si_addr (sigaction(2)). */
#define TRAP_OF_PERF 6

bool breakpoint_fits(u64 address, u64 size)
{
	return (size == 1 || size == 2 || size == 4 || size == 8) &&
	       !(address & (size - 1));
}

static int open_event(u64 address, u32 size, u32 id, bool signals)
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
		.sigtrap = signals,
		.remove_on_exec = signals,
		.inherit = signals,
		.inherit_thread = signals,
		.sig_data = id,
	};

	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1,
			    PERF_FLAG_FD_CLOEXEC);
}

/* There are virtual machines that have the registers, and no hits. */
bool breakpoint_allowed(void)
{
	static volatile u64 probe;
	u64 hits = 0, address = (u64)(uintptr_t)&probe;
	int fd = open_event(address, sizeof(probe), 0, true);
	ssize_t n;

	if (fd < 0)
		return false;
	close(fd);
	/* One that counts, since a signal would come now. */
	fd = open_event(address, sizeof(probe), 0, false);
	if (fd < 0)
		return false;
	probe = 1;
	n = read(fd, &hits, sizeof(hits));
	close(fd);
	if (n == sizeof(hits) && hits)
		return true;
	errno = ENODEV;
	return false;
}

int breakpoint_set(u64 address, u32 size, u32 id)
{
	if (open_event(address, size, id, true) < 0)
		return -1;
	runner_breakpoints++;
	return 0;
}

bool breakpoint_of_signal(const siginfo_t *info, u32 *id)
{
	if (info->si_code != TRAP_OF_PERF)
		return false;
	*id = (u32)*(const unsigned long *)(&info->si_addr + 1);
	return true;
}
