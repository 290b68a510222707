/* SPDX-License-Identifier: MIT */
/* wait4.c: the kernel has only waitid(). */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "syscall.h"
#include "wait_wasm.h"

static int to_status(const siginfo_t *info)
{
	int status = info->si_status;

	switch (info->si_code) {
	case CLD_EXITED:
		return (status & 0xff) << 8;
	case CLD_KILLED:
		return status & 0x7f;
	case CLD_DUMPED:
		return (status & 0x7f) | 0x80;
	case CLD_CONTINUED:
		return 0xffff;
	default:
		return status << 8 | 0x7f;
	}
}

hidden long __wasm_wait4(pid_t pid, int *status, int options, long *rusage,
			 int cancelable)
{
	siginfo_t info = { 0 };
	int type = P_PID, id = pid;
	long r;

	if (pid == INT_MIN)
		return -ESRCH;
	if (pid == -1) {
		type = P_ALL;
	} else if (pid <= 0) {
		type = P_PGID;
		id = -pid;
	}
	options |= WEXITED;
	if (cancelable)
		r = __syscall_cp(SYS_waitid, type, id, &info, options, rusage);
	else
		r = __syscall(SYS_waitid, type, id, &info, options, rusage);
	if (r < 0)
		return r;
	if (info.si_pid && status)
		*status = to_status(&info);
	return info.si_pid;
}

pid_t wait4(pid_t pid, int *status, int options, struct rusage *ru)
{
	long kernel_ru[18];	/* with times of 32 bits */
	long r = __wasm_wait4(pid, status, options, ru ? kernel_ru : 0, 0);

	if (r > 0 && ru) {
		ru->ru_utime.tv_sec = kernel_ru[0];
		ru->ru_utime.tv_usec = kernel_ru[1];
		ru->ru_stime.tv_sec = kernel_ru[2];
		ru->ru_stime.tv_usec = kernel_ru[3];
		memcpy(&ru->ru_maxrss, kernel_ru + 4, 14 * sizeof(long));
	}
	return __syscall_ret(r);
}
