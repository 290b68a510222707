// SPDX-License-Identifier: Apache-2.0
/* locations.c: DWARF's lists of where a variable is, see locations.h. */
#include "locations.h"

/* An entry; base: what offsets count from. */
struct entry {
	uint64_t base, from, to;
	bool is_range; /* else it sets the base */
};

/* .debug_loc, DWARF 4; false at the end of the list. */
static bool read_old(struct wasm_reader *r, struct entry *e)
{
	uint64_t from = dwarf_read_fixed(r, 4), to = dwarf_read_fixed(r, 4);

	e->is_range = from != UINT32_MAX;
	if (!e->is_range)
		e->base = to;
	e->from = e->base + from;
	e->to = e->base + to;
	return !r->bad && (from || to);
}

static uint64_t read_address(const struct dwarf_unit *u, struct wasm_reader *r)
{
	return dwarf_address(u, wasm_read_leb(r, 64, false));
}

/* .debug_loclists, DWARF 5 */
static bool read_new(const struct dwarf_unit *u, struct wasm_reader *r,
		     struct entry *e)
{
	unsigned int kind = wasm_read_byte(r);

	e->is_range = true;
	switch (kind) {
	case DW_LLE_base_address:
		e->base = dwarf_read_fixed(r, 4);
		e->is_range = false;
		break;
	case DW_LLE_base_addressx:
		e->base = read_address(u, r);
		e->is_range = false;
		break;
	case DW_LLE_offset_pair:
		e->from = e->base + wasm_read_leb(r, 64, false);
		e->to = e->base + wasm_read_leb(r, 64, false);
		break;
	case DW_LLE_startx_length:
		e->from = read_address(u, r);
		e->to = e->from + wasm_read_leb(r, 64, false);
		break;
	case DW_LLE_start_end:
		e->from = dwarf_read_fixed(r, 4);
		e->to = dwarf_read_fixed(r, 4);
		break;
	case DW_LLE_start_length:
		e->from = dwarf_read_fixed(r, 4);
		e->to = e->from + wasm_read_leb(r, 64, false);
		break;
	default:
		return false;
	}
	return !r->bad;
}

void locations_read(const struct dwarf_unit *u, uint64_t offset,
		    uint64_t *effort, locations_visit *visit, void *arg)
{
	bool is_new = u->version >= 5;
	struct wasm_reader r = dwarf_reader_at(is_new ? u->d->loclists :
							u->d->loc, offset);
	const uint8_t *start = r.p;
	struct entry e = { .base = u->low_pc };
	struct wasm_slice expression;
	uint64_t n;

	while ((uint64_t)(r.p - start) < *effort &&
	       (is_new ? read_new(u, &r, &e) : read_old(&r, &e))) {
		if (!e.is_range)
			continue;
		n = is_new ? wasm_read_leb(&r, 64, false) :
			     dwarf_read_fixed(&r, 2);
		expression = wasm_read_bytes(&r, n);
		if (!r.bad)
			visit(arg, e.from, e.to, expression);
	}
	n = (uint64_t)(r.p - start);
	*effort -= n < *effort ? n : *effort;
}
