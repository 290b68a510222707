/* SPDX-License-Identifier: Apache-2.0 */
/*
 * early.h: DWARF's lists of places of variables, and those of them that LLVM tells of
 * before the variable is there.
 */
#ifndef TRANSLATE_EARLY_H
#define TRANSLATE_EARLY_H

#include "lists.h"
#include "webs.h"

/* A place; stop: where the last one ends of those that follow it without a gap. */
struct listed {
	uint64_t from, to, stop;
	struct wasm_slice place;
};

/* Those of one variable; zeroed before the first one. */
struct listing {
	struct listed *list;
	size_t n, room;
	bool failed; /* no memory */
};

/* As lists_read_places(). free() the list at last. */
void listing_read(struct listing *l, const struct dwarf_unit *u, uint64_t offset,
		  uint64_t *effort);

/*
 * May a variable get this value later than it is told? start, end: of the function;
 * is_param: it is a parameter of that.
 */
bool listed_is_early(const struct listed *l, const struct webs *w, uint32_t start,
		     uint32_t end, bool is_param);

#endif
