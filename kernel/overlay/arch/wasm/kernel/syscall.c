// SPDX-License-Identifier: GPL-2.0-only
/* syscall.c: the table. */
#include <linux/syscalls.h>
#include <asm/syscall.h>

long __wasm_sys_ni_syscall(const struct pt_regs *regs);

long __wasm_sys_ni_syscall(const struct pt_regs *regs)
{
	return -ENOSYS;
}

#define __SYSCALL(nr, entry) long __wasm_##entry(const struct pt_regs *);
#define __SYSCALL_WITH_COMPAT(nr, native, compat) __SYSCALL(nr, native)
#include <asm/syscall_table_32.h>
#undef __SYSCALL

#define __SYSCALL(nr, entry) [nr] = __wasm_##entry,
const sys_call_ptr_t sys_call_table[__NR_syscalls] = {
	[0 ... __NR_syscalls - 1] = __wasm_sys_ni_syscall,
#include <asm/syscall_table_32.h>
};
