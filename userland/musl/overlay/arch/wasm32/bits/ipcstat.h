/* SPDX-License-Identifier: MIT */
/* Bit 8: the kernel's structure has its times in two halves. */
#define IPC_STAT 0x102
