/* SPDX-License-Identifier: MIT */
/* clock_gettime.c: without a vdso, and without clocks of 32 bits. */
#include <time.h>
#include "syscall.h"

int __clock_gettime(clockid_t clk, struct timespec *ts)
{
	return __syscall_ret(__syscall(SYS_clock_gettime64, clk, ts));
}

weak_alias(__clock_gettime, clock_gettime);
