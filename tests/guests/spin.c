// SPDX-License-Identifier: Apache-2.0
/* spin.c: a guest that hangs with interrupts off can still be ended. */
#include "guest.h"

static volatile u32 forever;

void boot(void)
{
	print("spinning\n");
	while (1)
		forever++;
}
