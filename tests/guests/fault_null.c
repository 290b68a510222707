// SPDX-License-Identifier: Apache-2.0
/* fault_null.c: a NULL dereference is a fault of the guest, with its address. */
#include "guest.h"

void faulted(u32 signo, u32 addr)
{
	check(signo == 11, "SIGSEGV");
	check(addr == 12, "the address");
	finish("SUCCESS");
}

void boot(void)
{
	*(volatile u32 *)12 = 1;
	finish("FAILED: no fault");
}
