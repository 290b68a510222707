/* SPDX-License-Identifier: MIT */
#ifndef WAIT_WASM_H
#define WAIT_WASM_H

#include <features.h>
#include <sys/types.h>

/* wait4() as a system call would do it: pid, 0 or -errno. */
hidden long __wasm_wait4(pid_t pid, int *status, int options, long *rusage,
			 int cancelable);

#endif
