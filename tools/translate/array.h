/* SPDX-License-Identifier: Apache-2.0 */
/* array.h: arrays that grow, and that are sorted. Any thread. */
#ifndef TRANSLATE_ARRAY_H
#define TRANSLATE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/* Room for one more element of that size after n of *room: the array, perhaps
 * elsewhere. NULL if there is none; the array is as before then. */
void *array_grow(void *array, size_t n, size_t *room, size_t size);

/* The same for an array whose address is in *p. */
bool array_make_room(void *p, size_t n, size_t *room, size_t size);

/* The same for one more of at most UINT32_MAX, as long as nothing *failed. */
bool array_room(void *p, size_t n, size_t *room, size_t size, bool *failed);

/* It has as many elements as it will have: gives the rest back. */
void array_fit(void *p, size_t n, size_t size);

/* How many of n elements begin at or before an offset: they begin with a uint32_t,
 * by which they are sorted. */
size_t array_upto(const void *array, size_t n, size_t size, size_t offset);

#endif
