/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_SETUP_H
#define _ASM_WASM_SETUP_H

#include <uapi/asm/setup.h>

void wasm_start_secondary(void);
void wasm_smp_init_possible(unsigned int count);
#endif
