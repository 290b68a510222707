/* SPDX-License-Identifier: MIT */
/* setjmp_rt.c: struct setjmp_env */
typedef unsigned long __jmp_buf[4];
