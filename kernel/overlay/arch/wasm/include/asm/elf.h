/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_ELF_H
#define _ASM_WASM_ELF_H

#include <asm/ptrace.h>

/* There are no ELF programs; linux/elf.h wants these. */
#define ELF_CLASS	ELFCLASS32
#define ELF_DATA	ELFDATA2LSB
#define ELF_ARCH	EM_NONE
#define elf_check_arch(h)	0
typedef unsigned long elf_greg_t;
#define ELF_NGREG	(sizeof(struct user_pt_regs) / sizeof(elf_greg_t))
typedef elf_greg_t elf_gregset_t[ELF_NGREG];
typedef unsigned long elf_fpregset_t;
#define ELF_PLATFORM	NULL
#define ELF_HWCAP	0
#define ELF_EXEC_PAGESIZE	PAGE_SIZE
#endif
