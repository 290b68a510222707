// SPDX-License-Identifier: GPL-2.0-only
/* syscall.c: the table, and the calls that are this architecture's own. */
#include <linux/syscalls.h>
#include <asm/syscall.h>

SYSCALL_DEFINE6(mmap2, unsigned long, addr, unsigned long, len, unsigned long,
		prot, unsigned long, flags, unsigned long, fd, unsigned long,
		pgoff)
{
	return ksys_mmap_pgoff(addr, len, prot, flags, fd, pgoff);
}

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
