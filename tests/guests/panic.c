// SPDX-License-Identifier: Apache-2.0
/* panic.c: a panic has a report, with the functions that led to it. */
#include "guest.h"

static __attribute__((noinline)) void deep_inside(u32 n)
{
	if (n)
		deep_inside(n - 1);
	else
		wasm_panic("out of ideas");
	print(""); /* no tail call */
}

void boot(void)
{
	deep_inside(3);
}
