/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>
#include "syscall.h"
#include "wait_wasm.h"

pid_t waitpid(pid_t pid, int *status, int options)
{
	return __syscall_ret(__wasm_wait4(pid, status, options, 0, 1));
}
