// SPDX-License-Identifier: Apache-2.0
/* early.c: lists of places, see early.h. */
#include "array.h"
#include "early.h"
#include "expression.h"

static void add_listed(void *arg, uint64_t from, uint64_t to, struct wasm_slice place)
{
	struct listing *l = arg;

	if (array_room(&l->list, l->n, &l->room, sizeof(*l->list), &l->failed))
		l->list[l->n++] = (struct listed){ from, to, to, place };
}

void listing_read(struct listing *l, const struct dwarf_unit *u, uint64_t offset,
		  uint64_t *effort)
{
	size_t i;

	l->n = 0;
	lists_read_places(u, offset, effort, add_listed, l);
	for (i = l->n; i-- > 1;)
		if (l->list[i].from == l->list[i - 1].to)
			l->list[i - 1].stop = l->list[i].stop;
}

/*
 * LLVM lets the first thing that it knows of a parameter begin with the function
 * (DebugHandlerBase), which may be a number or something made of another parameter. And
 * for what it has on wasm's stack and, by a local.tee, in a local
 * (WebAssemblyRegStackify), it tells of all variables that get this value in the same
 * straight code that they get it there; of one that got it later, nothing is known any
 * more from where it did, which is not where the code ends.
 */
bool listed_is_early(const struct listed *l, const struct webs *w, uint32_t start,
		     uint32_t end, bool is_param)
{
	struct expression e;

	if (!expression_read(l->place, &e))
		return true;
	if (is_param && l->from <= start)
		return e.kind == LOCAL_IS || e.steps.n;
	return e.kind == LOCAL_IN && l->from <= UINT32_MAX && l->stop <= end &&
	       webs_is_tee(w, (uint32_t)e.value, (uint32_t)l->from,
			   (uint32_t)l->stop);
}
