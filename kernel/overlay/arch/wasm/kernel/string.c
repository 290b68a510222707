// SPDX-License-Identifier: GPL-2.0-only
/* string.c: copies and fills by memory.copy and memory.fill. */
#define __NO_FORTIFY	/* these are the functions themselves */
#include <linux/export.h>
#include <linux/string.h>

static __always_inline void copy(void *to, const void *from, size_t n)
{
	asm volatile("local.get %0\n\tlocal.get %1\n\tlocal.get %2\n\t"
		     "memory.copy 0, 0"
		     : : "r"(to), "r"(from), "r"(n) : "memory");
}

void *memcpy(void *to, const void *from, size_t n)
{
	copy(to, from, n);
	return to;
}
EXPORT_SYMBOL(memcpy);

void *memmove(void *to, const void *from, size_t n)
{
	copy(to, from, n);
	return to;
}
EXPORT_SYMBOL(memmove);

void *memset(void *to, int byte, size_t n)
{
	asm volatile("local.get %0\n\tlocal.get %1\n\tlocal.get %2\n\t"
		     "memory.fill 0"
		     : : "r"(to), "r"(byte), "r"(n) : "memory");
	return to;
}
EXPORT_SYMBOL(memset);
