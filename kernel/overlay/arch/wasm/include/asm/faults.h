/* SPDX-License-Identifier: GPL-2.0-only */
/* faults.h: what the faults on purpose need of the rest. */
#ifndef _ASM_WASM_FAULTS_H
#define _ASM_WASM_FAULTS_H

#include <linux/types.h>

#ifdef CONFIG_WASM_FAULTS
/* If it is not 0: the stack pointer that tasks start with. */
extern u32 wasm_fault_sp;
#else
#define wasm_fault_sp 0
#endif
#endif
