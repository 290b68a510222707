// SPDX-License-Identifier: Apache-2.0
/* spill.c: values in the frame, see spill.h. */
#include <elf.h>
#include <string.h>

#include "buffer.h"
#include "operation.h"
#include "spill.h"

/* DW_OP_constu or DW_OP_lit. */
static bool read_constant(struct wasm_reader *r, uint64_t *ret)
{
	unsigned int op = wasm_read_byte(r);

	*ret = op == DW_OP_constu ? wasm_read_leb(r, 64, false) : op - DW_OP_lit0;
	return !r->bad && (op == DW_OP_constu ||
			   (op >= DW_OP_lit0 && op <= DW_OP_lit31));
}

/* From the frame's address: DW_OP_plus_uconst, or a constant and DW_OP_minus. */
static bool read_offset(struct wasm_reader *r, int64_t *ret)
{
	uint64_t c;

	if (r->p < r->end && *r->p == DW_OP_plus_uconst) {
		r->p++;
		*ret = (int64_t)wasm_read_leb(r, 64, false);
		return !r->bad;
	}
	if (!read_constant(r, &c) || wasm_read_byte(r) != DW_OP_minus)
		return false;
	*ret = -(int64_t)c;
	return true;
}

/* Behind the register's operation; true: r is behind all of it. */
static bool read_spill(struct wasm_reader *r, uint64_t *mask, int64_t *offset)
{
	return wasm_read_byte(r) == 0 && read_constant(r, mask) &&
	       wasm_read_byte(r) == DW_OP_and && read_offset(r, offset) &&
	       wasm_read_byte(r) == DW_OP_deref && !r->bad;
}

/* n bytes at `at`, the first of which stays: the register. */
static void put_spill(uint8_t *at, size_t n, uint64_t mask, int64_t offset)
{
	struct buffer new = { 0 };

	buffer_byte(&new, *at);
	buffer_i64(&new, offset);
	buffer_byte(&new, DW_OP_deref);
	buffer_byte(&new, DW_OP_constu);
	buffer_u32(&new, (uint32_t)mask);
	buffer_byte(&new, DW_OP_and);
	while (new.n < n)
		buffer_byte(&new, DW_OP_nop);
	if (!new.failed && new.n == n)
		memcpy(at, new.p, n);
	buffer_free(&new);
}

/* The frame pointer and the stack pointer, which have nothing of the guest. */
static bool is_frame(unsigned int op)
{
	return op == DW_OP_breg6 || op == DW_OP_breg7;
}

void spill_correct(struct wasm_slice place)
{
	struct wasm_reader r = { place.p, place.p + place.n, false, NULL };

	while (r.p < r.end) {
		const uint8_t *start = r.p;
		unsigned int op = wasm_read_byte(&r);
		struct wasm_reader spill = r;
		uint64_t mask;
		int64_t offset;

		if (is_frame(op) && read_spill(&spill, &mask, &offset) &&
		    mask <= UINT32_MAX)
			put_spill((uint8_t *)start, (size_t)(spill.p - start), mask,
				  offset);
		if (!operation_skip(&r, op, sizeof(Elf64_Addr)))
			break;
	}
}
