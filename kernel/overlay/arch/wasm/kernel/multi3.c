// SPDX-License-Identifier: GPL-2.0-only
/* multi3.c: 128-bit product, which clang wants for __builtin_mul_overflow(). */
#include <linux/types.h>

typedef unsigned __int128 u128_t;

u128_t __multi3(u128_t a, u128_t b);

u128_t __multi3(u128_t a, u128_t b)
{
	u64 a_lo = a, a_hi = a >> 64, b_lo = b, b_hi = b >> 64;
	u64 p00 = (u64)(u32)a_lo * (u32)b_lo;
	u64 p01 = (u64)(u32)a_lo * (b_lo >> 32);
	u64 p10 = (a_lo >> 32) * (u32)b_lo;
	u64 p11 = (a_lo >> 32) * (b_lo >> 32);
	u64 middle = (p00 >> 32) + (u32)p01 + (u32)p10;
	u64 low = (middle << 32) | (u32)p00;
	u64 high = p11 + (p01 >> 32) + (p10 >> 32) + (middle >> 32) +
		   a_lo * b_hi + a_hi * b_lo;

	return (u128_t)high << 64 | low;
}
