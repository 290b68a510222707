// SPDX-License-Identifier: Apache-2.0
/* array.c: see array.h. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

void *array_grow(void *array, size_t n, size_t *room, size_t size)
{
	size_t more = 2 * *room + 64;

	if (n < *room)
		return array;
	array = realloc(array, more * size);
	if (array)
		*room = more;
	return array;
}

bool array_make_room(void *p, size_t n, size_t *room, size_t size)
{
	void *array;

	memcpy(&array, p, sizeof(array));
	array = array_grow(array, n, room, size);
	if (array)
		memcpy(p, &array, sizeof(array));
	return array;
}

bool array_room(void *p, size_t n, size_t *room, size_t size, bool *failed)
{
	if (!*failed)
		*failed = n >= UINT32_MAX || !array_make_room(p, n, room, size);
	return !*failed;
}

void array_fit(void *p, size_t n, size_t size)
{
	void *array;

	memcpy(&array, p, sizeof(array));
	array = n ? realloc(array, n * size) : NULL;
	if (array)
		memcpy(p, &array, sizeof(array));
}

size_t array_upto(const void *array, size_t n, size_t size, size_t offset)
{
	size_t low = 0, high = n;
	uint32_t start;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		memcpy(&start, (const char *)array + middle * size,
		       sizeof(start));
		if (start <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
