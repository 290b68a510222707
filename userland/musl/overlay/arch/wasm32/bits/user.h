/* SPDX-License-Identifier: MIT */
#include <signal.h>

#define ELF_NGREG 12
#define ELF_NFPREG 1
typedef unsigned long elf_greg_t, elf_gregset_t[ELF_NGREG];
typedef unsigned long elf_fpregset_t[ELF_NFPREG];
