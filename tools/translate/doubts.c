// SPDX-License-Identifier: Apache-2.0
/* doubts.c: places that may have become another variable's, see doubts.h. */
#include "doubts.h"

/* Two places of variables; a pair of events each. */
static bool share_web(const struct local_event *a, const struct local_event *b)
{
	return b->kind == LOCAL_IN && b->value == a->value && !b->steps.n &&
	       b->var != a->var && b[0].address >= a[0].address &&
	       b[0].address < a[1].address;
}

/*
 * Assignments of one web are a variable's own, but not of one that is worth something
 * made of what the local has; and where there are two variables, which were worth the
 * same until then, nobody tells of which it is: neither is in that local any more.
 */
static void end_one(struct local_event *a, struct local_event *b,
		    const struct local_event *last, const struct webs *w,
		    uint64_t *effort)
{
	uint32_t local = (uint32_t)a->value, end;

	if (a->kind != LOCAL_IN || !webs_is_set(w, local, a[0].address, a[1].address))
		return;
	if (a->steps.n)
		a->kind = LOCAL_ENDS;
	for (; b < last && a->kind != LOCAL_ENDS && *effort; b += 2) {
		--*effort;
		end = a[1].address < b[1].address ? a[1].address : b[1].address;
		if (!share_web(a, b) || !webs_is_set(w, local, b[0].address, end))
			continue;
		a[1].address = b[0].address;
		b[0].kind = LOCAL_ENDS;
		if (a[0].address == a[1].address)
			a[0].kind = LOCAL_ENDS;
	}
}

void doubts_end(struct local_event *events, size_t n, const struct webs *w,
		uint64_t *effort)
{
	size_t i;

	for (i = 0; i < n; i += 2)
		end_one(events + i, events, events + n, w, effort);
}
