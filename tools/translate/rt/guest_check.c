// SPDX-License-Identifier: Apache-2.0
/* guest_check.c: stores that begin in marked memory; part of guest_rt.c. */

/* By this the runner knows. */
const char guest_checks __attribute__((visibility("default"))) = 1;

#define MARK(a) (((const volatile u8 *)GUEST_MARKS)[a])
#define GRANULE ((u64)1 << GUEST_GRANULE_SHIFT)
#define GRANULE_MARK(a) \
	(((const volatile u8 *)GUEST_GRANULES)[(a) >> GUEST_GRANULE_SHIFT])

typedef u32 __attribute__((vector_size(16), may_alias)) entry;

/* The word at a was old. */
OP void remember_word(u64 a, u32 old, const void *pc)
{
	entry e = { (u32)(uintptr_t)pc, guest_writer,
		    *(volatile u32 *)GUEST_CLOCK, old };

	((volatile entry *)GUEST_SHADOW)[a >> 2] = e;
}

/* The bytes of old that were in [a, a + size), in what the word is now. */
OP u32 word_before(u64 word, u64 a, u64 old, u32 size)
{
	u32 value = *(volatile u32 *)(uintptr_t)word, i;

	for (i = 0; i < 4; i++) {
		u64 at = word + i - a;

		if (at < size)
			value = (value & ~((u32)0xff << 8 * i)) |
				(u32)(u8)(old >> 8 * at) << 8 * i;
	}
	return value;
}

OP void remember(u64 a, u64 old, u32 size, const void *pc)
{
	u64 word;

	if (!(a & 3) && !(size & 3)) {
		remember_word(a, (u32)old, pc);
		if (size == 8)
			remember_word(a + 4, (u32)(old >> 32), pc);
		return;
	}
	for (word = a & ~(u64)3; word < a + size; word += 4)
		remember_word(word, word_before(word, a, old, size), pc);
}

/* Apart, since a call to the runner costs all registers. */
static RARE void tell(u64 a, u64 old, u64 bits, u32 size, const void *pc)
{
	guest_wrote(a, old, bits, size, pc);
}

OP void stored(u64 a, u64 old, u64 bits, u32 size, const void *pc)
{
	u8 mark = MARK(a);

	if (mark & GUEST_MARK_LAST)
		remember(a, old, size, pc);
	if (mark & GUEST_MARK_EXACT)
		tell(a, old, bits, size, pc);
}

static RARE void stored_any(u64 a, u64 old, u64 bits, u32 size, const void *pc)
{
	stored(a, old, bits, size, pc);
}

/* What is most frequent, where all memory is recorded, first. */
RARE void guest_rt_stored(u64 a, u64 old, u64 bits, u32 size)
{
	const void *pc = __builtin_return_address(0);

	if ((a & 3) || (size & 3) || MARK(a) != GUEST_MARK_LAST)
		stored_any(a, old, bits, size, pc);
	else if (size == 4)
		remember_word(a, (u32)old, pc);
	else
		remember(a, old, 8, pc);
}

/* ---- ranges ----------------------------------------------------------- */

/* Has [a, a + n) no mark? It may be no if there is one close behind. */
OP bool is_unmarked(u64 a, u64 n)
{
	const u8 *at = (const u8 *)GUEST_GRANULES + (a >> GUEST_GRANULE_SHIFT);
	u64 more = ((a + n) >> GUEST_GRANULE_SHIFT) - (a >> GUEST_GRANULE_SHIFT);

	for (; more >= 8; at += 8, more -= 8)
		if (*(const volatile unit8 *)at)
			return false;
	return !(*(const volatile unit8 *)at << 8 * (7 - more));
}

/* How much of [a, a + n) may be written without a look at the marks. */
static u64 unmarked(u64 a, u64 n)
{
	u64 end = a + n, at = a & ~(GRANULE - 1);

	while (at < end && !GRANULE_MARK(at))
		at += GRANULE;
	return at <= a ? 0 : at >= end ? n : at - a;
}

/* Up to an 8-byte boundary. */
static u32 piece_of(u64 a, u64 n)
{
	u64 piece = 8 - (a & 7);

	return (u32)(piece < n ? piece : n);
}

/* Where nothing but the last write to each word is of interest: note a write
 * that is about to happen, up to the end of the granule. How much of it. */
static u64 remember_range(u64 a, u64 n, const void *pc)
{
	u64 rest = GRANULE - (a & (GRANULE - 1)), end, word;
	entry e = { (u32)(uintptr_t)pc, guest_writer,
		    *(volatile u32 *)GUEST_CLOCK, 0 };

	if (GRANULE_MARK(a) != GUEST_MARK_LAST)
		return 0;
	end = a + (n < rest ? n : rest);
	for (word = a & ~(u64)3; word < end; word += 4) {
		e[3] = *(volatile u32 *)(uintptr_t)word;
		((volatile entry *)GUEST_SHADOW)[word >> 2] = e;
	}
	return end - a;
}

/* How much of [a, a + n) may be written at once: nobody is to be told. */
static u64 unnoticed(u64 a, u64 n, const void *pc)
{
	u64 plain = unmarked(a, n);

	return plain ? plain : remember_range(a, n, pc);
}

static void store_piece(u64 d, u64 bits, u32 n, const void *pc)
{
	u64 old = 0;

	guest_rt_move(&old, (void *)(uintptr_t)d, n);
	guest_rt_move((void *)(uintptr_t)d, &bits, n);
	stored(d, old, bits, n, pc);
}

static void copy_piece(u64 d, u64 s, u32 n, const void *pc)
{
	u64 bits = 0;

	guest_rt_move(&bits, (void *)(uintptr_t)s, n);
	store_piece(d, bits, n, pc);
}

/* Debuggers hide what begins with guest_rt_, and what that calls. */
static __attribute__((noinline))
void guest_rt_move_marked(u64 d, u64 s, u64 n, const void *pc)
{
	if (d - s < n) {
		while (n) {
			u64 last = (d + n - 1) & ~(u64)7;
			u32 piece = (u32)(d + n - (last > d ? last : d));

			n -= piece;
			copy_piece(d + n, s + n, piece, pc);
		}
		return;
	}
	while (n) {
		u64 done = unnoticed(d, n, pc);

		if (done)
			guest_rt_move((void *)(uintptr_t)d,
				      (void *)(uintptr_t)s, done);
		else
			copy_piece(d, s, (u32)(done = piece_of(d, n)), pc);
		d += done;
		s += done;
		n -= done;
	}
}

static __attribute__((noinline))
void guest_rt_fill_marked(u64 d, int byte, u64 n, const void *pc)
{
	u64 pattern = (u8)byte * (u64)0x0101010101010101;

	while (n) {
		u64 done = unnoticed(d, n, pc);

		if (done)
			guest_rt_fill((void *)(uintptr_t)d, byte, done);
		else
			store_piece(d, pattern, (u32)(done = piece_of(d, n)),
				    pc);
		d += done;
		n -= done;
	}
}

void guest_rt_move_checked(void *dest, const void *src, size_t n)
{
	if (is_unmarked((uintptr_t)dest, n))
		guest_rt_move(dest, src, n);
	else
		guest_rt_move_marked((uintptr_t)dest, (uintptr_t)src, n,
				     __builtin_return_address(0));
}

void guest_rt_fill_checked(void *dest, int byte, size_t n)
{
	if (is_unmarked((uintptr_t)dest, n))
		guest_rt_fill(dest, byte, n);
	else
		guest_rt_fill_marked((uintptr_t)dest, byte, n,
				     __builtin_return_address(0));
}
