/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_LINKAGE_H
#define _ASM_WASM_LINKAGE_H

/*
 * What the linker script of another architecture says by
 * "jiffies = jiffies_64": a reference to the C object jiffies is emitted as one
 * to the symbol jiffies_64.
 */
#ifndef __ASSEMBLY__
#pragma redefine_extname jiffies jiffies_64
void *__wasm_return_address(unsigned int level);
#endif

#define _THIS_IP_	0UL	/* the backend has no value for &&label */
#define cond_syscall(x)	_Static_assert(1, "")
#endif
