// SPDX-License-Identifier: Apache-2.0
/* place.c: where DWARF says that a variable is, see place.h. */
#include "place.h"

#define GLOBAL 3u

/*
 * Is this operation the address of something linked? The linker gives what it left out
 * the address -1 or -2.
 */
static bool reads_address(const struct dwarf_unit *u, struct wasm_reader *r,
			  unsigned int op, struct place *ret)
{
	uint64_t address;

	if (op == DW_OP_addr)
		address = dwarf_read_fixed(r, 4);
	else if (op == DW_OP_addrx || op == DW_OP_GNU_addr_index)
		address = dwarf_address(u, wasm_read_leb(r, 64, false));
	else
		return false;
	ret->address = (uint32_t)address;
	ret->is_gone = address >= 0xfffffffe && !r->bad;
	return address < 0xfffffffe && !r->bad;
}

struct place place_read(const struct dwarf_unit *u, const struct dwarf_value *location)
{
	struct wasm_slice s = location->bytes;
	struct wasm_reader r = { s.p, s.p + s.n, false, NULL };
	struct place none = { .kind = PLACE_NONE }, place = none;
	bool is_there;
	unsigned int op;

	if (!location->is_set || !s.n)
		return none;
	op = wasm_read_byte(&r);
	if (op != DW_OP_WASM_location) {
		is_there = reads_address(u, &r, op, &place);
		place.kind = is_there ? PLACE_STATIC : PLACE_NONE;
		place.is_all = r.p == r.end;
		return place;
	}
	if (wasm_read_byte(&r) != GLOBAL)
		return none;
	place.global = (uint32_t)dwarf_read_fixed(&r, 4);
	is_there = reads_address(u, &r, wasm_read_byte(&r), &place);
	if (wasm_read_byte(&r) != DW_OP_plus || r.bad || r.p != r.end)
		return none;
	place.kind = is_there ? PLACE_BASED : PLACE_NONE;
	place.is_all = true;
	return place;
}

uint32_t place_memory_base(const struct wasm_module *m)
{
	uint32_t i;

	for (i = 0; i < m->nimports; i++)
		if (m->imports[i].kind == WASM_K_GLOBAL &&
		    wasm_slice_is(m->imports[i].name, "__memory_base"))
			return m->imports[i].index;
	return UINT32_MAX;
}
