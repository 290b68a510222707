/* SPDX-License-Identifier: Apache-2.0 */
/* interned.h: texts, each of which is kept once and has a number. */
#ifndef TRANSLATE_INTERNED_H
#define TRANSLATE_INTERNED_H

#include "wasm.h"

/* Zeroed is empty. */
struct interned {
	char **texts;
	size_t n, room;
	uint32_t *index; /* a hash table of numbers + 1; 0 is free */
	size_t nindex;
	bool failed; /* no memory: numbers are 0 from then on */
};

/* The number of this text, which has no NUL in it. */
uint32_t interned_add(struct interned *t, struct wasm_slice text);
void interned_free(struct interned *t); /* then it is empty */

#endif
