// SPDX-License-Identifier: Apache-2.0
/* place.c: where DWARF says that a variable is, see place.h. */
#include "place.h"

#define GLOBAL 3u

/*
 * Is this operation the address of something linked? The linker gives what it left out
 * the address -1 or -2.
 */
static bool reads_address(const struct dwarf_unit *u, struct wasm_reader *r,
			  unsigned int op)
{
	uint64_t address;

	if (op == DW_OP_addr)
		address = dwarf_read_fixed(r, 4);
	else if (op == DW_OP_addrx || op == DW_OP_GNU_addr_index)
		address = dwarf_address(u, wasm_read_leb(r, 64, false));
	else
		return false;
	return address < 0xfffffffe && !r->bad;
}

enum place_kind place_read(const struct dwarf_unit *u,
			   const struct dwarf_value *location, uint32_t *global)
{
	struct wasm_slice s = location->bytes;
	struct wasm_reader r = { s.p, s.p + s.n, false, NULL };
	unsigned int op;

	if (!location->is_set || !s.n)
		return PLACE_NONE;
	op = wasm_read_byte(&r);
	if (op != DW_OP_WASM_location)
		return reads_address(u, &r, op) ? PLACE_STATIC : PLACE_NONE;
	if (wasm_read_byte(&r) != GLOBAL)
		return PLACE_NONE;
	*global = (uint32_t)dwarf_read_fixed(&r, 4);
	if (!reads_address(u, &r, wasm_read_byte(&r)) ||
	    wasm_read_byte(&r) != DW_OP_plus || r.bad || r.p != r.end)
		return PLACE_NONE;
	return PLACE_BASED;
}
