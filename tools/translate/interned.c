// SPDX-License-Identifier: Apache-2.0
/* interned.c: texts with numbers, see interned.h. */
#include <stdlib.h>
#include <string.h>

#include "interned.h"

static size_t hash_of(const uint8_t *p, size_t n)
{
	size_t h = 5381;

	while (n--)
		h = h * 33 ^ *p++;
	return h;
}

/* Room for one more; the index stays at most half full. */
static bool grow(struct interned *t)
{
	size_t room = 2 * t->room + 512, size = 4096, i, k;
	uint32_t *index;
	char **texts;

	if (t->n < t->room)
		return true;
	while (size < 2 * room)
		size *= 2;
	texts = realloc(t->texts, room * sizeof(*texts));
	if (texts)
		t->texts = texts;
	index = calloc(size, sizeof(*index));
	if (!texts || !index || room > UINT32_MAX / 2) {
		free(index);
		t->failed = true;
		return false;
	}
	for (i = 0; i < t->n; i++) {
		const char *s = texts[i];

		k = hash_of((const uint8_t *)s, strlen(s));
		while (index[k & (size - 1)])
			k++;
		index[k & (size - 1)] = (uint32_t)i + 1;
	}
	free(t->index);
	t->index = index;
	t->nindex = size;
	t->room = room;
	return true;
}

uint32_t interned_add(struct interned *t, struct wasm_slice text)
{
	size_t k;
	char *copy;

	if (t->failed || !grow(t))
		return 0;
	for (k = hash_of(text.p, text.n); t->index[k & (t->nindex - 1)]; k++) {
		uint32_t i = t->index[k & (t->nindex - 1)] - 1;

		if (strlen(t->texts[i]) == text.n &&
		    !memcmp(t->texts[i], text.p, text.n))
			return i;
	}
	copy = strndup((const char *)text.p, text.n);
	if (!copy) {
		t->failed = true;
		return 0;
	}
	t->texts[t->n] = copy;
	t->index[k & (t->nindex - 1)] = (uint32_t)t->n + 1;
	return (uint32_t)t->n++;
}

void interned_free(struct interned *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		free(t->texts[i]);
	free(t->texts);
	free(t->index);
	memset(t, 0, sizeof(*t));
}
