/* SPDX-License-Identifier: GPL-2.0-only */
/* atomic.h: every operation is one wasm instruction, all are fully ordered. */
#ifndef _ASM_WASM_ATOMIC_H
#define _ASM_WASM_ATOMIC_H

#include <linux/types.h>
#include <asm/cmpxchg.h>
#include <asm/barrier.h>

typedef struct {
	s64 __aligned(8) counter;
} atomic64_t;

#define ATOMIC64_INIT(i) { (i) }

#define arch_atomic_read(v)	READ_ONCE((v)->counter)
#define arch_atomic_set(v, i)	WRITE_ONCE((v)->counter, (i))
#define arch_atomic64_read(v)	__atomic_load_n(&(v)->counter, __ATOMIC_SEQ_CST)
#define arch_atomic64_set(v, i)	\
	__atomic_store_n(&(v)->counter, (i), __ATOMIC_SEQ_CST)

#define ATOMIC_FETCH(prefix, type, op)                                  \
static __always_inline void prefix##_##op(type i, prefix##_struct *v)   \
{                                                                       \
	__atomic_fetch_##op(&v->counter, i, __ATOMIC_SEQ_CST);          \
}                                                                       \
static __always_inline type prefix##_fetch_##op(type i, prefix##_struct *v) \
{                                                                       \
	return __atomic_fetch_##op(&v->counter, i, __ATOMIC_SEQ_CST);   \
}

#define ATOMIC_RETURN(prefix, type, op)                                 \
	ATOMIC_FETCH(prefix, type, op)                                  \
static __always_inline type prefix##_##op##_return(type i, prefix##_struct *v) \
{                                                                       \
	return __atomic_##op##_fetch(&v->counter, i, __ATOMIC_SEQ_CST); \
}

#define arch_atomic_struct atomic_t
#define arch_atomic64_struct atomic64_t
#define ATOMIC_OPS(prefix, type)                                        \
	ATOMIC_RETURN(prefix, type, add)                                \
	ATOMIC_RETURN(prefix, type, sub)                                \
	ATOMIC_FETCH(prefix, type, and)                                 \
	ATOMIC_FETCH(prefix, type, or)                                  \
	ATOMIC_FETCH(prefix, type, xor)

ATOMIC_OPS(arch_atomic, int)
ATOMIC_OPS(arch_atomic64, s64)

#define arch_atomic_add_return arch_atomic_add_return
#define arch_atomic_sub_return arch_atomic_sub_return
#define arch_atomic_fetch_add arch_atomic_fetch_add
#define arch_atomic_fetch_sub arch_atomic_fetch_sub
#define arch_atomic_fetch_and arch_atomic_fetch_and
#define arch_atomic_fetch_or arch_atomic_fetch_or
#define arch_atomic_fetch_xor arch_atomic_fetch_xor
#define arch_atomic64_add_return arch_atomic64_add_return
#define arch_atomic64_sub_return arch_atomic64_sub_return
#define arch_atomic64_fetch_add arch_atomic64_fetch_add
#define arch_atomic64_fetch_sub arch_atomic64_fetch_sub
#define arch_atomic64_fetch_and arch_atomic64_fetch_and
#define arch_atomic64_fetch_or arch_atomic64_fetch_or
#define arch_atomic64_fetch_xor arch_atomic64_fetch_xor

#undef ATOMIC_FETCH
#undef ATOMIC_RETURN
#undef ATOMIC_OPS
#endif
