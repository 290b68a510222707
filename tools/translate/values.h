/* SPDX-License-Identifier: Apache-2.0 */
/*
 * values.h: what the locals of a function may have, and which of that is of one web.
 *
 * A value is what a local has at first, or what an assignment gave it, or, where several
 * ways come together, one of several values: a join.
 */
#ifndef TRANSLATE_VALUES_H
#define TRANSLATE_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NO_WEB UINT32_MAX

struct value {
	uint32_t web;	/* another value of the same web, or itself */
	uint32_t label; /* a join: the number of where, from 1; else 0 */
	uint32_t edges; /* a join: the newest of what it may be, or NO_EDGE */
	bool is_used;
};

struct value_edge {
	uint32_t value, next;
};

/* Zeroed is empty, but for the effort. */
struct values {
	struct value *list;
	struct value_edge *edges;
	size_t n, nedges, room, room_edges;
	uint64_t effort; /* how much may still be done */
	bool failed; /* no effort left, or no memory; numbers are 0 from then on */
};

/* The number of a new one; label: it is a join of nothing yet. */
uint32_t values_add(struct values *v, uint32_t label);

/* A join may be this value, too. */
void values_join(struct values *v, uint32_t join, uint32_t value);

/* Takes from the effort. */
void values_spend(struct values *v, uint64_t n);

/*
 * The webs of all values, by their numbers: two that reach one use are of one web, which
 * is one of their numbers. A join that nobody uses is of the web that all is which it
 * may be, or of NO_WEB. v cannot be added to any more. NULL: failed; else free() it.
 */
uint32_t *values_webs(struct values *v);
void values_free(struct values *v);

#endif
