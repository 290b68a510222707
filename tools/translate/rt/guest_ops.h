/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guest_ops.h: what the C of wasm2c calls, in place of the template that
 * wasm2c pastes into its output. Included by generated code only.
 *
 * Guest address = host address. Plain accesses are volatile, so that they
 * happen once and in order (an interrupt handler may run between any two of
 * them), not atomic, and need not be aligned. Addresses reach 8 GiB, all of
 * which the runner has reserved: nothing is checked here, a bad one faults.
 */
#ifndef GUEST_OPS_H
#define GUEST_OPS_H

#include "guest_rt.h"

#define WASM_RT_CORE_TYPES_DEFINED
typedef uint8_t u8;
typedef int8_t s8;
typedef uint16_t u16;
typedef int16_t s16;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;
typedef int64_t s64;
typedef float f32;
typedef double f64;

/* Of what is between them, debuggers learn nothing. */
#define NO_DEBUG(action) _Pragma(#action)
#define NO_DEBUG_BEGIN NO_DEBUG(clang attribute push(__attribute__((nodebug)), \
	apply_to = any(hasType(functionType), variable(unless(is_parameter))))) \
	NO_RACES_BEGIN
#define NO_DEBUG_END NO_DEBUG(clang attribute pop) NO_RACES_END

#ifdef GUEST_TSAN /* A race that has no line is a library's. */
#define NO_RACES_BEGIN NO_DEBUG(clang attribute push( \
	__attribute__((no_sanitize("thread"))), apply_to = function))
#define NO_RACES_END NO_DEBUG(clang attribute pop)
#else
#define NO_RACES_BEGIN
#define NO_RACES_END
#endif

#define NO_DEBUG_VARIABLES __attribute__((nodebug))
/*
 * The code goes on with a local, where debuggers find it, and not with what the local
 * was made of, such as the stack pointer from which a frame's size was taken.
 */
#define KEEP(local) __asm__("" : "+r"(local))

/* For debuggers: nobody knows what is in this variable. */
#define GONE(variable) \
	do { \
		NO_DEBUG_VARIABLES __typeof__(variable) nothing; \
		(variable) = nothing; \
	} while (0)

#define OP static inline __attribute__((always_inline, nodebug, unused))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define TRAP(x) (wasm_rt_trap(WASM_RT_TRAP_##x), 0)
#define UNREACHABLE TRAP(UNREACHABLE)
#define FUNC_PROLOGUE
#define FUNC_EPILOGUE
#define assert(x)
#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")
#define alloca __builtin_alloca
#define wasm_rt_memcpy(d, s, n) \
	(__builtin_constant_p(n) ? __builtin_memcpy(d, s, n) : \
				   guest_rt_move(d, s, n))

#define GUEST_IMPORT(symbol) \
	__asm__(symbol) __attribute__((visibility("default")))

/* ---- guest_rt.c ------------------------------------------------------- */

#ifdef GUEST_TSAN
/* Of ThreadSanitizer's run time, in the runner. */
void __tsan_read_range(const void *start, size_t n);
void __tsan_write_range(void *start, size_t n);
size_t __tsan_testonly_shadow_stack_current_size(void);
void __tsan_func_exit(void);

void guest_rt_set_depth(size_t depth);
#endif

void *guest_rt_move(void *dest, const void *src, size_t n);
void *guest_rt_fill(void *dest, int byte, size_t n);
/* Traps unless the table's entry has a type with the contents of this one. */
void guest_rt_check_type(const wasm_rt_funcref_table_t *table, u32 i,
			 wasm_rt_func_type_t type);

#include "guest_check.h"

/* ---- memory ----------------------------------------------------------- */

/* As they are in the guest's memory: at any address. */
#define UNIT(type) \
	typedef type __attribute__((aligned(1), may_alias)) type##_unit;
#define AT(type, a) (*(volatile type##_unit *)(uintptr_t)(a))

UNIT(u8)
UNIT(s8)
UNIT(u16)
UNIT(s16)
UNIT(u32)
UNIT(s32)
UNIT(u64)
UNIT(f32)
UNIT(f64)

/* Macros: most of a module are these, and functions would all have to be inlined. */
#define i32_load_default32(m, a) ((u32)AT(u32, a))
#define i64_load_default32(m, a) ((u64)AT(u64, a))
#define f32_load_default32(m, a) ((f32)AT(f32, a))
#define f64_load_default32(m, a) ((f64)AT(f64, a))
#define i32_load8_s_default32(m, a) ((u32)(s32)AT(s8, a))
#define i64_load8_s_default32(m, a) ((u64)(s64)AT(s8, a))
#define i32_load8_u_default32(m, a) ((u32)AT(u8, a))
#define i64_load8_u_default32(m, a) ((u64)AT(u8, a))
#define i32_load16_s_default32(m, a) ((u32)(s32)AT(s16, a))
#define i64_load16_s_default32(m, a) ((u64)(s64)AT(s16, a))
#define i32_load16_u_default32(m, a) ((u32)AT(u16, a))
#define i64_load16_u_default32(m, a) ((u64)AT(u16, a))
#define i64_load32_s_default32(m, a) ((u64)(s64)AT(s32, a))
#define i64_load32_u_default32(m, a) ((u64)AT(u32, a))

#ifdef GUEST_CHECKS
/* Here and not in guest_rt.c: debuggers stop in the guest's own line. */
#define CHECKED_STORE(type)                                                   \
	OP void store_##type(u64 a, type value)                               \
	{                                                                     \
		u64 old = 0, bits = 0;                                        \
		type before;                                                  \
		if (MARKED(a)) {                                              \
			before = AT(type, a);                                 \
			AT(type, a) = value;                                  \
			__builtin_memcpy(&old, &before, sizeof(before));      \
			__builtin_memcpy(&bits, &value, sizeof(value));       \
			guest_rt_stored(a, old, bits, sizeof(type));          \
		} else {                                                      \
			AT(type, a) = value;                                  \
		}                                                             \
	}

CHECKED_STORE(u8)
CHECKED_STORE(u16)
CHECKED_STORE(u32)
CHECKED_STORE(u64)
CHECKED_STORE(f32)
CHECKED_STORE(f64)
#define STORE(type, a, value) store_##type(a, (type)(value))
#else
#define STORE(type, a, value) ((void)(AT(type, a) = (type)(value)))
#endif

#define i32_store_default32(m, a, value) STORE(u32, a, value)
#define i64_store_default32(m, a, value) STORE(u64, a, value)
#define f32_store_default32(m, a, value) STORE(f32, a, value)
#define f64_store_default32(m, a, value) STORE(f64, a, value)
#define i32_store8_default32(m, a, value) STORE(u8, a, value)
#define i64_store8_default32(m, a, value) STORE(u8, a, value)
#define i32_store16_default32(m, a, value) STORE(u16, a, value)
#define i64_store16_default32(m, a, value) STORE(u16, a, value)
#define i64_store32_default32(m, a, value) STORE(u32, a, value)

/* Of memory that threads share. */
#define i32_load_shared_default32 i32_load_default32
#define i64_load_shared_default32 i64_load_default32
#define f32_load_shared_default32 f32_load_default32
#define f64_load_shared_default32 f64_load_default32
#define i32_load8_s_shared_default32 i32_load8_s_default32
#define i64_load8_s_shared_default32 i64_load8_s_default32
#define i32_load8_u_shared_default32 i32_load8_u_default32
#define i64_load8_u_shared_default32 i64_load8_u_default32
#define i32_load16_s_shared_default32 i32_load16_s_default32
#define i64_load16_s_shared_default32 i64_load16_s_default32
#define i32_load16_u_shared_default32 i32_load16_u_default32
#define i64_load16_u_shared_default32 i64_load16_u_default32
#define i64_load32_s_shared_default32 i64_load32_s_default32
#define i64_load32_u_shared_default32 i64_load32_u_default32
#define i32_store_shared_default32 i32_store_default32
#define i64_store_shared_default32 i64_store_default32
#define f32_store_shared_default32 f32_store_default32
#define f64_store_shared_default32 f64_store_default32
#define i32_store8_shared_default32 i32_store8_default32
#define i64_store8_shared_default32 i64_store8_default32
#define i32_store16_shared_default32 i32_store16_default32
#define i64_store16_shared_default32 i64_store16_default32
#define i64_store32_shared_default32 i64_store32_default32

/* A byte of the guest's stack, which has to be there; no access that ThreadSanitizer or a
 * check is to know of. */
OP void probe(u32 a)
{
	__asm__ volatile("testb %%al, %0" : : "m"(*(const u8 *)(uintptr_t)a)
			 : "cc");
}

/* From one stack pointer to another if it is lower, in steps that do not miss a guard. */
OP void probe_down(u32 from, u32 to, u32 guard)
{
	if (to >= from)
		return;
	while (from - to > guard) {
		from -= guard;
		probe(from);
	}
	probe(to);
}

/* An access at address + n, of which the last byte is beyond 4 GiB, traps as
 * a whole; anything else faults at its first bad byte. */
OP void check_range(u64 a, u64 n)
{
	if (UNLIKELY(a + n > (u64)1 << 32))
		TRAP(OOB);
}

OP void memory_fill(wasm_rt_memory_t *m, u64 d, u32 byte, u64 n)
{
	check_range(d, n);
	guest_rt_fill_checked((void *)(uintptr_t)d, (int)byte, n);
}

OP void memory_copy(wasm_rt_memory_t *dm, wasm_rt_memory_t *sm, u64 d, u64 s,
		    u64 n)
{
	check_range(d, n);
	check_range(s, n);
	guest_rt_move_checked((void *)(uintptr_t)d, (const void *)(uintptr_t)s, n);
}

/* wasm2c saw segments of one byte each (see prepare.h): its size is 1, or 0
 * when the segment was dropped. */
#define memory_init(m, segment, present, d, s, n) \
	segment_copy(segment, (present) ? segment##_size : 0, d, s, n)

OP void segment_copy(const u8 *segment, u32 size, u64 d, u32 s, u32 n)
{
	if (UNLIKELY(s + (u64)n > size))
		TRAP(OOB);
	check_range(d, n);
	guest_rt_move_checked((void *)(uintptr_t)d, segment + s, n);
}

#define LOAD_DATA(m, d, segment, size) \
	segment_copy(segment, segment##_size, d, 0, segment##_size)

#define wasm_rt_grow_memory wasm_rt_grow_memory_shared

/* ---- atomics ---------------------------------------------------------- */

#define ALIGNED(a, type) \
	(UNLIKELY((a) & (sizeof(type) - 1)) ? \
		 wasm_rt_trap_access(WASM_RT_TRAP_UNALIGNED, a) : (void)0)
#define CELL(a, type) ((volatile type *)(uintptr_t)(a))

#define ATOMIC_LOAD(name, type, result)                                       \
	OP result name##_shared_default32(wasm_rt_memory_t *m, u64 a)         \
	{                                                                     \
		ALIGNED(a, type);                                             \
		return __atomic_load_n(CELL(a, type), __ATOMIC_SEQ_CST);      \
	}

ATOMIC_LOAD(i32_atomic_load, u32, u32)
ATOMIC_LOAD(i64_atomic_load, u64, u64)
ATOMIC_LOAD(i32_atomic_load8_u, u8, u32)
ATOMIC_LOAD(i64_atomic_load8_u, u8, u64)
ATOMIC_LOAD(i32_atomic_load16_u, u16, u32)
ATOMIC_LOAD(i64_atomic_load16_u, u16, u64)
ATOMIC_LOAD(i64_atomic_load32_u, u32, u64)

#define ATOMIC_STORE(name, type, wide)                                        \
	OP void name##_shared_default32(wasm_rt_memory_t *m, u64 a,           \
					wide value)                           \
	{                                                                     \
		ALIGNED(a, type);                                             \
		if (MARKED(a)) {                                              \
			type old = __atomic_exchange_n(CELL(a, type),         \
						       (type)value,           \
						       __ATOMIC_SEQ_CST);     \
			guest_rt_stored(a, old, (type)value, sizeof(type));   \
		} else {                                                      \
			__atomic_store_n(CELL(a, type), (type)value,          \
					 __ATOMIC_SEQ_CST);                   \
		}                                                             \
	}

ATOMIC_STORE(i32_atomic_store, u32, u32)
ATOMIC_STORE(i64_atomic_store, u64, u64)
ATOMIC_STORE(i32_atomic_store8, u8, u32)
ATOMIC_STORE(i64_atomic_store8, u8, u64)
ATOMIC_STORE(i32_atomic_store16, u16, u32)
ATOMIC_STORE(i64_atomic_store16, u16, u64)
ATOMIC_STORE(i64_atomic_store32, u32, u64)

/* after: the new value, of the one before and of value. */
#define ATOMIC_RMW1(name, builtin, after, type, wide)                         \
	OP wide name##_shared_default32(wasm_rt_memory_t *m, u64 a,           \
					wide value)                           \
	{                                                                     \
		type old;                                                     \
		ALIGNED(a, type);                                             \
		old = builtin(CELL(a, type), (type)value, __ATOMIC_SEQ_CST);  \
		if (MARKED(a))                                                \
			guest_rt_stored(a, old, (type)(after), sizeof(type)); \
		return old;                                                   \
	}

#define ATOMIC_RMW(op, builtin, after)                                        \
	ATOMIC_RMW1(i32_atomic_rmw_##op, builtin, after, u32, u32)            \
	ATOMIC_RMW1(i64_atomic_rmw_##op, builtin, after, u64, u64)            \
	ATOMIC_RMW1(i32_atomic_rmw8_##op##_u, builtin, after, u8, u32)        \
	ATOMIC_RMW1(i64_atomic_rmw8_##op##_u, builtin, after, u8, u64)        \
	ATOMIC_RMW1(i32_atomic_rmw16_##op##_u, builtin, after, u16, u32)      \
	ATOMIC_RMW1(i64_atomic_rmw16_##op##_u, builtin, after, u16, u64)      \
	ATOMIC_RMW1(i64_atomic_rmw32_##op##_u, builtin, after, u32, u64)

ATOMIC_RMW(add, __atomic_fetch_add, old + value)
ATOMIC_RMW(sub, __atomic_fetch_sub, old - value)
ATOMIC_RMW(and, __atomic_fetch_and, old & value)
ATOMIC_RMW(or, __atomic_fetch_or, old | value)
ATOMIC_RMW(xor, __atomic_fetch_xor, old ^ value)
ATOMIC_RMW(xchg, __atomic_exchange_n, value)

/* Like the narrow operations' value, expected is wrapped to the access's
 * width: that is what wasm2c's own helpers do. */
#define ATOMIC_CMPXCHG(name, type, wide)                                      \
	OP wide name##_shared_default32(wasm_rt_memory_t *m, u64 a,           \
					wide expected, wide value)            \
	{                                                                     \
		type old = (type)expected;                                    \
		ALIGNED(a, type);                                             \
		if (__atomic_compare_exchange_n(CELL(a, type), &old,          \
						(type)value, 0,               \
						__ATOMIC_SEQ_CST,             \
						__ATOMIC_SEQ_CST) &&          \
		    MARKED(a))                                                \
			guest_rt_stored(a, old, (type)value, sizeof(type));   \
		return old;                                                   \
	}

ATOMIC_CMPXCHG(i32_atomic_rmw_cmpxchg, u32, u32)
ATOMIC_CMPXCHG(i64_atomic_rmw_cmpxchg, u64, u64)
ATOMIC_CMPXCHG(i32_atomic_rmw8_cmpxchg_u, u8, u32)
ATOMIC_CMPXCHG(i64_atomic_rmw8_cmpxchg_u, u8, u64)
ATOMIC_CMPXCHG(i32_atomic_rmw16_cmpxchg_u, u16, u32)
ATOMIC_CMPXCHG(i64_atomic_rmw16_cmpxchg_u, u16, u64)
ATOMIC_CMPXCHG(i64_atomic_rmw32_cmpxchg_u, u32, u64)

#define atomic_fence() __atomic_thread_fence(__ATOMIC_SEQ_CST)

#include "guest_num.h"
#include "guest_ref.h"

#endif
