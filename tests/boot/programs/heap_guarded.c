/* SPDX-License-Identifier: Apache-2.0 */
/* Gives back part of its heap with a guard in it, once while the host refuses to take
 * the guard away. It says when, and waits for a line of input each time. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE ((uintptr_t)4096)
#define HEAP (8 * PAGE)
#define KEPT (2 * PAGE)
#define GUARD (4 * PAGE)

static uintptr_t set_break(uintptr_t to)
{
	return (uintptr_t)syscall(SYS_brk, to);
}

static void wait_for_line(const char *what)
{
	char line[8];

	printf("%s\n", what);
	fflush(stdout);
	fgets(line, sizeof(line), stdin);
}

static int all(const char *from, const char *to, char c)
{
	while (from < to && *from == c)
		from++;
	return from == to;
}

int main(void)
{
	uintptr_t start = (set_break(0) + PAGE - 1) & ~(PAGE - 1);
	char *heap = (char *)start;

	if (set_break(start + HEAP) != start + HEAP)
		return 1;
	memset(heap, 'x', HEAP);
	if (mprotect(heap + GUARD, PAGE, PROT_NONE))
		return 2;
	wait_for_line("refuse");
	printf("brk: %s\n", set_break(start + KEPT) == start + HEAP ? "as it was" : "moved");
	printf("heap: %s\n", all(heap, heap + GUARD, 'x') &&
	       all(heap + GUARD + PAGE, heap + HEAP, 'x') ? "as it was" : "written to");
	if (!mprotect(heap + GUARD, PAGE, PROT_READ))
		return 3;
	wait_for_line("allow");
	printf("brk: %s\n", set_break(start + KEPT) == start + KEPT ? "moved" : "as it was");
	if (set_break(start + HEAP) != start + HEAP)
		return 4;
	printf("heap: %s\n", all(heap, heap + KEPT, 'x') &&
	       all(heap + KEPT, heap + HEAP, 0) ? "zeros" : "not cleared");
	return 0;
}
