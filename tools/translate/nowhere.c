// SPDX-License-Identifier: Apache-2.0
/* nowhere.c: the place of a file's variable that is nowhere, see nowhere.h. */
#include "dwarf.h"
#include "nowhere.h"

#define OFFSET (UINT64_C(1) << 62) /* and the size */

void nowhere_put(uint32_t size, struct buffer *out)
{
	buffer_printf(out, "DW_OP_deref, DW_OP_plus_uconst, %llu",
		      (unsigned long long)(OFFSET + size));
}

/*
 * A piece without a place is optimised out for gdb, which takes what is behind it for zeros.
 * lldb takes a piece of bytes for zeros, and cannot have one of bits. It knows by the address in front that this is no
 * local of the functions around.
 */
void nowhere_finish(struct wasm_slice place)
{
	struct wasm_reader r = { place.p, place.p + place.n, false, NULL };
	uint64_t offset;
	uint8_t *at;

	if (wasm_read_byte(&r) != DW_OP_addrx)
		return;
	wasm_read_leb(&r, 64, false);
	at = (uint8_t *)r.p;
	if (wasm_read_byte(&r) != DW_OP_deref ||
	    wasm_read_byte(&r) != DW_OP_plus_uconst)
		return;
	offset = wasm_read_leb(&r, 64, false);
	if (offset < OFFSET || offset - OFFSET > UINT32_MAX || r.bad || r.p != r.end)
		return;
	*at++ = DW_OP_drop;
	*at++ = DW_OP_bit_piece;
	buffer_set_leb(at, (size_t)(r.end - 1 - at), 8 * (offset - OFFSET)); /* bits */
	((uint8_t *)r.end)[-1] = 0; /* from the first one on */
}
