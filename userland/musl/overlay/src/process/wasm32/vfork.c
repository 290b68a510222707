/* SPDX-License-Identifier: MIT */
/* vfork.c: the host makes it return twice. */
#define _GNU_SOURCE
#include <unistd.h>
#include "syscall.h"

long __wasm_ext_vfork(long, long) __WASM_IMPORT(__wasm_ext_vfork);

pid_t vfork(void)
{
	return __syscall_ret(__wasm_ext_vfork(__WASM_REGS));
}
