/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_BARRIER_H
#define _ASM_WASM_BARRIER_H

#include <asm/vdso/processor.h>	/* cpu_relax() for smp_cond_load_*() */

#define mb()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define rmb()	mb()
#define wmb()	mb()

#include <asm-generic/barrier.h>
#endif
