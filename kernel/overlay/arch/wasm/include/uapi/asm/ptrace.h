/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
#ifndef _UAPI_ASM_WASM_PTRACE_H
#define _UAPI_ASM_WASM_PTRACE_H
#define PTRACE_SYSEMU		31
#define PTRACE_SYSEMU_SINGLESTEP 32

#ifndef __ASSEMBLY__

struct user_pt_regs {
	__u32 syscall_nr;	/* -1: not in a system call */
	__u32 args[6];
	__u32 ret;
	__u32 sp;		/* the program's __stack_pointer */
	__u32 tls;		/* its TLS base */
	__u32 pc;		/* handler to enter at sp, 0: go on */
	__u32 restart;		/* run the system call again */
};
#endif
#endif
