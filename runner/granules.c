// SPDX-License-Identifier: Apache-2.0
/* granules.c: which memory checked stores look at twice, see granules.h. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "exit.h"
#include "guest_rt.h"
#include "log.h"
#include "granules.h"

#define CLOCK_SIZE 4096u
#define LONGEST_STORE 8u
#define PAGE ((uintptr_t)4096)
/* Of the marks' own memory. One that is marked as a whole takes none: they all show the
 * same pages. */
#define CHUNK ((uintptr_t)1 << 20)
#define NCHUNKS ((GUEST_MARKS_END - GUEST_MARKS_START) / CHUNK + 1)

/* All marks that a chunk has anywhere. */
static unsigned char chunk_marks[NCHUNKS];

static _Noreturn void no_memory(void)
{
	die(EXIT_HOST, "no memory for the marks of checked stores: %s",
	    strerror(errno));
}

static void map(uintptr_t start, uintptr_t end, int protection)
{
	void *p = mmap((void *)start, end - start, protection,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
			       MAP_FIXED_NOREPLACE, -1, 0);

	if (p != (void *)start)
		no_memory();
}

/* Where nothing is marked, all of it is the host's one page of zeros. */
void granules_init(void)
{
	map(GUEST_MARKS_START, GUEST_MARKS_END, PROT_READ);
	madvise((void *)GUEST_MARKS_START, GUEST_MARKS_END - GUEST_MARKS_START,
		MADV_NOHUGEPAGE);
	madvise((void *)GUEST_MARKS_START, GUEST_MARKS_END - GUEST_MARKS_START,
		MADV_DONTDUMP);
	map(GUEST_GRANULES, GUEST_CLOCK + CLOCK_SIZE, PROT_READ | PROT_WRITE);
}

/* A file of a chunk of that mark. */
static int chunk_file(unsigned char mark)
{
	static int files[(GUEST_MARK_EXACT | GUEST_MARK_LAST) + 1];
	static unsigned char page[PAGE];
	uintptr_t done;

	if (files[mark])
		return files[mark];
	memset(page, mark, sizeof(page));
	files[mark] = memfd_create("marks", MFD_CLOEXEC);
	if (files[mark] < 0)
		no_memory();
	for (done = 0; done < CHUNK; done += PAGE)
		if (write(files[mark], page, PAGE) != PAGE)
			no_memory();
	return files[mark];
}

static void mark_chunk(uintptr_t start, unsigned char mark)
{
	void *p = mmap((void *)start, CHUNK, PROT_READ, MAP_PRIVATE | MAP_FIXED,
		       chunk_file(mark), 0);

	if (p == MAP_FAILED)
		no_memory();
}

static void mark_bytes(uintptr_t start, uintptr_t end, unsigned char mark)
{
	uintptr_t page = start & ~(PAGE - 1);
	unsigned char *p = (unsigned char *)start;

	if (mprotect((void *)page, end - page, PROT_READ | PROT_WRITE))
		no_memory();
	while (p < (unsigned char *)end)
		*p++ |= mark;
}

static void mark_range(uintptr_t start, uintptr_t end, unsigned char mark)
{
	uintptr_t next;

	for (; start < end; start = next) {
		unsigned char *all = &chunk_marks[(start - GUEST_MARKS_START) /
						  CHUNK];

		next = (start | (CHUNK - 1)) + 1;
		next = next < end ? next : end;
		*all |= mark;
		if (next - start == CHUNK)
			mark_chunk(start, *all);
		else
			mark_bytes(start, next, mark);
	}
}

/* A store is found by its first byte alone. */
void granules_mark(u64 start, u64 end, unsigned char mark)
{
	unsigned char *granules = (unsigned char *)GUEST_GRANULES;
	u64 first = start < LONGEST_STORE ? 0 : start - (LONGEST_STORE - 1);
	u64 i;

	mark_range(GUEST_MARKS + first, GUEST_MARKS + end, mark);
	for (i = first >> GUEST_GRANULE_SHIFT;
	     end && i <= (end - 1) >> GUEST_GRANULE_SHIFT; i++)
		granules[i] |= mark;
}

void granules_set_clock(u32 time)
{
	*(volatile u32 *)GUEST_CLOCK = time;
}
