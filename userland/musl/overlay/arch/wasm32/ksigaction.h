/* SPDX-License-Identifier: MIT */
#include <features.h>

/* The kernel's, which ends before restorer: sigaction.c wants to set one. */
struct k_sigaction {
	void (*handler)(int);
	unsigned long flags;
	unsigned mask[2];
	void (*restorer)(void);
};

hidden void __restore(), __restore_rt();
