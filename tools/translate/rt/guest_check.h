/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guest_check.h: checked stores, with GUEST_CHECKS defined; without, nothing.
 *
 * Each store looks whether the 256 bytes that it begins in are marked. If so,
 * it looks at what was there before, and guest_rt.c remembers who did it, where
 * all memory is recorded, and tells the runner where something exact is to be
 * watched (guest_rt.h).
 */
#ifndef GUEST_CHECK_H
#define GUEST_CHECK_H

#ifdef GUEST_CHECKS

#define MARKED(a)                                                             \
	UNLIKELY(((const volatile u8 *)GUEST_MARKS)[(a) >> GUEST_MARK_SHIFT])

/* They save what few registers they use, for the sake of the caller; each store
 * has a call of its own, so that its line is known. */
#define RARE __attribute__((noinline, cold, preserve_most, nomerge))

/* It was done; old, bits: what was there and is, in their lowest bytes. */
RARE void guest_rt_stored(u64 a, u64 old, u64 bits, u32 size);
/* The two of guest_rt.h, for guest memory. */
__attribute__((nomerge))
void guest_rt_move_checked(void *dest, const void *src, size_t n);
__attribute__((nomerge))
void guest_rt_fill_checked(void *dest, int byte, size_t n);

#else

#define MARKED(a) 0
#define guest_rt_stored(a, old, bits, size) ((void)(old), (void)(bits))
#define guest_rt_move_checked guest_rt_move
#define guest_rt_fill_checked guest_rt_fill

#endif

#endif
