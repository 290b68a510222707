/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_CMPXCHG_H
#define _ASM_WASM_CMPXCHG_H

/* wasm has atomics of 1, 2, 4 and 8 bytes. */
#define arch_xchg(p, v)	__atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST)
#define arch_cmpxchg(p, o, n)	__sync_val_compare_and_swap((p), (o), (n))
#define arch_cmpxchg_local(p, o, n)	arch_cmpxchg(p, o, n)
#define arch_cmpxchg64(p, o, n)	arch_cmpxchg(p, o, n)
#define arch_cmpxchg64_local(p, o, n)	arch_cmpxchg(p, o, n)
#define arch_cmpxchg64_relaxed(p, o, n)	arch_cmpxchg(p, o, n)
#endif
