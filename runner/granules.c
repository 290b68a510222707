// SPDX-License-Identifier: Apache-2.0
/* granules.c: which memory checked stores look at twice, see granules.h. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "exit.h"
#include "guest_rt.h"
#include "log.h"
#include "granules.h"

#define CLOCK_SIZE 4096u
#define LONGEST_STORE 8u

void granules_init(void)
{
	void *start = (void *)GUEST_MARKS, *p;

	p = mmap(start, GUEST_MARKS_SIZE + CLOCK_SIZE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
			 MAP_FIXED_NOREPLACE, -1, 0);
	if (p != start)
		die(EXIT_HOST, "no memory for the marks of checked stores: %s",
		    strerror(errno));
}

/* A store is found by its first byte alone. */
void granules_mark(u64 start, u64 end, unsigned char mark)
{
	unsigned char *marks = (unsigned char *)GUEST_MARKS;
	u64 first = start < LONGEST_STORE ? 0 : start - (LONGEST_STORE - 1);
	u64 i;

	for (i = first >> GUEST_MARK_SHIFT;
	     end && i <= (end - 1) >> GUEST_MARK_SHIFT; i++)
		marks[i] |= mark;
}

void granules_set_clock(u32 time)
{
	*(volatile u32 *)GUEST_CLOCK = time;
}
