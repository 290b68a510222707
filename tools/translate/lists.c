// SPDX-License-Identifier: Apache-2.0
/* lists.c: DWARF's lists of ranges and places, see lists.h. */
#include "lists.h"

/* An entry; base: what offsets count from. */
struct entry {
	uint64_t base, from, to;
	bool is_range; /* else it sets the base */
};

/* .debug_ranges and .debug_loc, DWARF 4; false at the end of the list. */
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

/* .debug_rnglists, DWARF 5; .debug_loclists has one kind more. */
static bool read_new(const struct dwarf_unit *u, struct wasm_reader *r,
		     bool has_places, struct entry *e)
{
	unsigned int kind = wasm_read_byte(r);

	if (has_places && kind == DW_LLE_default_location)
		return false;
	if (has_places && kind > DW_LLE_default_location)
		kind--;
	e->is_range = kind != DW_RLE_base_addressx &&
		      kind != DW_RLE_base_address;
	switch (kind) {
	case DW_RLE_base_addressx:
		e->base = read_address(u, r);
		break;
	case DW_RLE_base_address:
		e->base = dwarf_read_fixed(r, 4);
		break;
	case DW_RLE_startx_endx:
		e->from = read_address(u, r);
		e->to = read_address(u, r);
		break;
	case DW_RLE_startx_length:
		e->from = read_address(u, r);
		e->to = e->from + wasm_read_leb(r, 64, false);
		break;
	case DW_RLE_offset_pair:
		e->from = e->base + wasm_read_leb(r, 64, false);
		e->to = e->base + wasm_read_leb(r, 64, false);
		break;
	case DW_RLE_start_end:
		e->from = dwarf_read_fixed(r, 4);
		e->to = dwarf_read_fixed(r, 4);
		break;
	case DW_RLE_start_length:
		e->from = dwarf_read_fixed(r, 4);
		e->to = e->from + wasm_read_leb(r, 64, false);
		break;
	default: /* DW_RLE_end_of_list */
		return false;
	}
	return !r->bad;
}

static struct wasm_slice read_place(const struct dwarf_unit *u,
				    struct wasm_reader *r)
{
	uint64_t n = u->version >= 5 ? wasm_read_leb(r, 64, false) :
				       dwarf_read_fixed(r, 2);

	return wasm_read_bytes(r, n);
}

static void read_list(const struct dwarf_unit *u, struct wasm_reader r,
		      bool has_places, uint64_t *effort, lists_visit *visit,
		      void *arg)
{
	const uint8_t *start = r.p;
	struct entry e = { .base = u->low_pc };
	struct wasm_slice place = { 0 };
	uint64_t n;

	while ((uint64_t)(r.p - start) < *effort &&
	       (u->version >= 5 ? read_new(u, &r, has_places, &e) :
				  read_old(&r, &e))) {
		if (!e.is_range)
			continue;
		if (has_places)
			place = read_place(u, &r);
		if (!r.bad)
			visit(arg, e.from, e.to, place);
	}
	n = (uint64_t)(r.p - start);
	*effort -= n < *effort ? n : *effort;
}

void lists_read_places(const struct dwarf_unit *u, uint64_t offset,
		       uint64_t *effort, lists_visit *visit, void *arg)
{
	read_list(u, dwarf_reader_at(u->version >= 5 ? u->d->loclists :
				     u->d->loc, offset),
		  true, effort, visit, arg);
}

void lists_read_ranges(const struct dwarf_unit *u, uint64_t offset,
		       uint64_t *effort, lists_visit *visit, void *arg)
{
	read_list(u, dwarf_reader_at(u->version >= 5 ? u->d->rnglists :
				     u->d->ranges, offset),
		  false, effort, visit, arg);
}
