/* SPDX-License-Identifier: MIT */
#include <string.h>

/* One instruction of the machine. */
void *memcpy(void *restrict d, const void *restrict s, size_t n)
{
	return __builtin_memcpy(d, s, n);
}
