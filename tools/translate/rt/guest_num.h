/* SPDX-License-Identifier: Apache-2.0 */
/* guest_num.h: arithmetic as WebAssembly defines it (see guest_ops.h). */
#ifndef GUEST_NUM_H
#define GUEST_NUM_H

#define I32_CLZ(x) ((x) ? (u32)__builtin_clz(x) : 32u)
#define I64_CLZ(x) ((x) ? (u64)__builtin_clzll(x) : 64u)
#define I32_CTZ(x) ((x) ? (u32)__builtin_ctz(x) : 32u)
#define I64_CTZ(x) ((x) ? (u64)__builtin_ctzll(x) : 64u)
#define I32_POPCNT(x) ((u32)__builtin_popcount(x))
#define I64_POPCNT(x) ((u64)__builtin_popcountll(x))

/* The macros are used as expressions of either width, hence one function per
 * width; division by zero and the one overflow trap, as does wasm. */
#define DIVISIONS(bits)                                                       \
	OP u##bits I##bits##_DIV_S(u##bits x, u##bits y)                      \
	{                                                                     \
		if (UNLIKELY(!y))                                             \
			TRAP(DIV_BY_ZERO);                                    \
		if (UNLIKELY(x == (u##bits)1 << (bits - 1) &&                 \
			     y == (u##bits)-1))                               \
			TRAP(INT_OVERFLOW);                                   \
		return (u##bits)((s##bits)x / (s##bits)y);                    \
	}                                                                     \
	OP u##bits I##bits##_REM_S(u##bits x, u##bits y)                      \
	{                                                                     \
		if (UNLIKELY(!y))                                             \
			TRAP(DIV_BY_ZERO);                                    \
		if (UNLIKELY(y == (u##bits)-1))                               \
			return 0;                                             \
		return (u##bits)((s##bits)x % (s##bits)y);                    \
	}                                                                     \
	OP u##bits I##bits##_ROTL(u##bits x, u##bits y)                       \
	{                                                                     \
		return x << (y & (bits - 1)) | x >> (-y & (bits - 1));        \
	}                                                                     \
	OP u##bits I##bits##_ROTR(u##bits x, u##bits y)                       \
	{                                                                     \
		return x >> (y & (bits - 1)) | x << (-y & (bits - 1));        \
	}

DIVISIONS(32)
DIVISIONS(64)

/* Operands are plain variables in wasm2c's output. */
#define DIV_U(x, y) (UNLIKELY(!(y)) ? TRAP(DIV_BY_ZERO) : (x) / (y))
#define REM_U(x, y) (UNLIKELY(!(y)) ? TRAP(DIV_BY_ZERO) : (x) % (y))

/* ---- bits of floats --------------------------------------------------- */

#define REINTERPRET(name, from, to)                                           \
	OP to name(from x)                                                    \
	{                                                                     \
		to r;                                                         \
		__builtin_memcpy(&r, &x, sizeof(r));                          \
		return r;                                                     \
	}

REINTERPRET(f32_reinterpret_i32, u32, f32)
REINTERPRET(i32_reinterpret_f32, f32, u32)
REINTERPRET(f64_reinterpret_i64, u64, f64)
REINTERPRET(i64_reinterpret_f64, f64, u64)

/* A NaN operand comes out quiet, with its payload. */
OP f32 wasm_quietf(f32 x)
{
	return UNLIKELY(x != x) ?
		f32_reinterpret_i32(i32_reinterpret_f32(x) | 0x400000) : x;
}

OP f64 wasm_quiet(f64 x)
{
	return UNLIKELY(x != x) ?
		f64_reinterpret_i64(i64_reinterpret_f64(x) | (u64)1 << 51) : x;
}

#define ROUNDING(name, builtin)                                               \
	OP f64 name(f64 x)                                                    \
	{                                                                     \
		return UNLIKELY(x != x) ? wasm_quiet(x) : builtin(x);         \
	}                                                                     \
	OP f32 name##f(f32 x)                                                 \
	{                                                                     \
		return UNLIKELY(x != x) ? wasm_quietf(x) : builtin##f(x);     \
	}

ROUNDING(wasm_floor, __builtin_floor)
ROUNDING(wasm_ceil, __builtin_ceil)
ROUNDING(wasm_trunc, __builtin_trunc)
ROUNDING(wasm_nearbyint, __builtin_nearbyint)

/* Not __builtin_sqrt: that may call the library for negative numbers, where
 * the instruction does what wasm wants. */
OP f64 wasm_sqrt(f64 x)
{
	f64 r;

	__asm__("sqrtsd %1, %0" : "=x"(r) : "x"(x));
	return r;
}

OP f32 wasm_sqrtf(f32 x)
{
	f32 r;

	__asm__("sqrtss %1, %0" : "=x"(r) : "x"(x));
	return r;
}

/* These only touch the sign bit, of a NaN as well. */
OP f64 wasm_fabs(f64 x)
{
	return f64_reinterpret_i64(i64_reinterpret_f64(x) & ~((u64)1 << 63));
}

OP f32 wasm_fabsf(f32 x)
{
	return f32_reinterpret_i32(i32_reinterpret_f32(x) & 0x7fffffff);
}

OP f64 copysign(f64 x, f64 y)
{
	return f64_reinterpret_i64(
		(i64_reinterpret_f64(x) & ~((u64)1 << 63)) |
		(i64_reinterpret_f64(y) & (u64)1 << 63));
}

OP f32 copysignf(f32 x, f32 y)
{
	return f32_reinterpret_i32((i32_reinterpret_f32(x) & 0x7fffffff) |
				   (i32_reinterpret_f32(y) & 0x80000000));
}

/* One name for both widths in wasm2c's output; -0 < +0 and NaN wins. */
#define MINMAX(type, suffix, bits)                                            \
	OP type fmin_##suffix(type x, type y)                                 \
	{                                                                     \
		if (UNLIKELY(x != x || y != y))                               \
			return (type)NAN;                                     \
		if (UNLIKELY(x == y))                                         \
			return bits(x) >> (sizeof(type) * 8 - 1) ? x : y;     \
		return x < y ? x : y;                                         \
	}                                                                     \
	OP type fmax_##suffix(type x, type y)                                 \
	{                                                                     \
		if (UNLIKELY(x != x || y != y))                               \
			return (type)NAN;                                     \
		if (UNLIKELY(x == y))                                         \
			return bits(x) >> (sizeof(type) * 8 - 1) ? y : x;     \
		return x > y ? x : y;                                         \
	}

MINMAX(f32, f32, i32_reinterpret_f32)
MINMAX(f64, f64, i64_reinterpret_f64)
#define FMIN(x, y) _Generic((x), f32: fmin_f32, f64: fmin_f64)(x, y)
#define FMAX(x, y) _Generic((x), f32: fmax_f32, f64: fmax_f64)(x, y)

/* ---- float to integer ------------------------------------------------- */

/* below: the largest float that is too small, above: the smallest that is too
 * large. Where below + 1 is no float of that type, the bound itself is in
 * range (lowest), and >= takes the place of >. */
#define CONVERSION(name, from, to, via, in_range, above, least, most)         \
	OP to I##name(from x)                                                 \
	{                                                                     \
		if (UNLIKELY(x != x))                                         \
			TRAP(INVALID_CONVERSION);                             \
		if (UNLIKELY(!(x in_range && x < above)))                     \
			TRAP(INT_OVERFLOW);                                   \
		return (to)(via)x;                                            \
	}

#define SATURATION(name, from, to, via, in_range, above, least, most)         \
	OP to I##name(from x)                                                 \
	{                                                                     \
		if (UNLIKELY(x != x))                                         \
			return 0;                                             \
		if (UNLIKELY(!(x in_range)))                                  \
			return (to)least;                                     \
		if (UNLIKELY(!(x < above)))                                   \
			return (to)most;                                      \
		return (to)(via)x;                                            \
	}

#define CONVERSIONS(X, kind)                                                  \
	X(32_##kind##_S_F32, f32, u32, s32, >= -0x1p31f, 0x1p31f,             \
	  INT32_MIN, INT32_MAX)                                               \
	X(64_##kind##_S_F32, f32, u64, s64, >= -0x1p63f, 0x1p63f,             \
	  INT64_MIN, INT64_MAX)                                               \
	X(32_##kind##_S_F64, f64, u32, s32, > -2147483649., 0x1p31,           \
	  INT32_MIN, INT32_MAX)                                               \
	X(64_##kind##_S_F64, f64, u64, s64, >= -0x1p63, 0x1p63,               \
	  INT64_MIN, INT64_MAX)                                               \
	X(32_##kind##_U_F32, f32, u32, u32, > -1.f, 0x1p32f, 0, UINT32_MAX)   \
	X(64_##kind##_U_F32, f32, u64, u64, > -1.f, 0x1p64f, 0, UINT64_MAX)   \
	X(32_##kind##_U_F64, f64, u32, u32, > -1., 0x1p32, 0, UINT32_MAX)     \
	X(64_##kind##_U_F64, f64, u64, u64, > -1., 0x1p64, 0, UINT64_MAX)

CONVERSIONS(CONVERSION, TRUNC)
CONVERSIONS(SATURATION, TRUNC_SAT)

#endif
