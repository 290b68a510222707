/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guest_check.h: checked stores, with GUEST_CHECKS defined; without, nothing.
 *
 * Each store looks whether the byte that it begins at is marked. If so, it looks
 * at what was there before, and guest_rt.c remembers who did it, where all memory
 * is recorded, and tells the runner where something exact is to be watched
 * (guest_rt.h).
 */
#ifndef GUEST_CHECK_H
#define GUEST_CHECK_H

#ifdef GUEST_CHECKS

/* The lowest byte of GUEST_MARKS is 0: other than with a constant, comparison and
 * jump are one micro-operation. */
OP bool is_marked(u64 a)
{
	bool marked;

	__asm__ volatile("cmpb %b1, (%1,%2)"
		: "=@ccne"(marked) : "r"(GUEST_MARKS), "r"(a));
	return marked;
}

#define MARKED(a) UNLIKELY(is_marked(a))

/* A store is known by where its call returns to. */
#define STORES __attribute__((nomerge, not_tail_called))
/* They save what few registers they use, for the sake of the caller. */
#define RARE STORES __attribute__((noinline, cold, preserve_most))

/* It was done; old, bits: what was there and is, in their lowest bytes. */
RARE void guest_rt_stored(u64 a, u64 old, u64 bits, u32 size);
/* The two of guest_rt.h, for guest memory. */
STORES void guest_rt_move_checked(void *dest, const void *src, size_t n);
STORES void guest_rt_fill_checked(void *dest, int byte, size_t n);

#else

#define MARKED(a) 0
#define guest_rt_stored(a, old, bits, size) ((void)(old), (void)(bits))
#define guest_rt_move_checked guest_rt_move
#define guest_rt_fill_checked guest_rt_fill

#endif

#endif
