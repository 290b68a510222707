// SPDX-License-Identifier: Apache-2.0
/* blocks.c: the blocks of a function, see blocks.h. */
#include "blocks.h"

#define MAX_ENTRIES 2000 /* of a list; more are damage */

void blocks_begin(struct blocks *b)
{
	b->list[0] = (struct block){ 0 };
	b->n = 1;
	b->nranges = 0;
	b->is_incomplete = false;
}

static void add_range(struct blocks *b, uint64_t from, uint64_t to)
{
	if (from >= to || to > UINT32_MAX)
		return;
	if (b->nranges == BLOCKS_RANGES) {
		b->is_incomplete = true;
		return;
	}
	b->ranges[b->nranges++] = (struct block_range){ (uint32_t)from,
							(uint32_t)to };
}

/* .debug_ranges, DWARF 4 */
static void read_old_list(struct blocks *b, const struct dwarf_unit *u,
			  uint64_t offset)
{
	struct wasm_reader r = dwarf_reader_at(u->d->ranges, offset);
	uint64_t base = u->low_pc, from, to;
	unsigned int i;

	for (i = 0; i < MAX_ENTRIES; i++) {
		from = dwarf_read_fixed(&r, 4);
		to = dwarf_read_fixed(&r, 4);
		if (r.bad || (!from && !to))
			break;
		if (from == UINT32_MAX)
			base = to;
		else
			add_range(b, base + from, base + to);
	}
	b->is_incomplete |= r.bad || i == MAX_ENTRIES;
}

/* An entry of .debug_rnglists, DWARF 5; false behind the last one. */
static bool read_entry(struct blocks *b, const struct dwarf_unit *u,
		       struct wasm_reader *r, uint64_t *base)
{
	uint64_t from, to;

	switch (wasm_read_byte(r)) {
	case DW_RLE_base_addressx:
		*base = dwarf_address(u, wasm_read_leb(r, 64, false));
		return !r->bad;
	case DW_RLE_base_address:
		*base = dwarf_read_fixed(r, 4);
		return !r->bad;
	case DW_RLE_startx_endx:
		from = dwarf_address(u, wasm_read_leb(r, 64, false));
		to = dwarf_address(u, wasm_read_leb(r, 64, false));
		break;
	case DW_RLE_startx_length:
		from = dwarf_address(u, wasm_read_leb(r, 64, false));
		to = from + wasm_read_leb(r, 64, false);
		break;
	case DW_RLE_offset_pair:
		from = *base + wasm_read_leb(r, 64, false);
		to = *base + wasm_read_leb(r, 64, false);
		break;
	case DW_RLE_start_end:
		from = dwarf_read_fixed(r, 4);
		to = dwarf_read_fixed(r, 4);
		break;
	case DW_RLE_start_length:
		from = dwarf_read_fixed(r, 4);
		to = from + wasm_read_leb(r, 64, false);
		break;
	default: /* DW_RLE_end_of_list */
		return false;
	}
	if (!r->bad)
		add_range(b, from, to);
	return !r->bad;
}

static void read_new_list(struct blocks *b, const struct dwarf_unit *u,
			  uint64_t offset)
{
	struct wasm_reader r = dwarf_reader_at(u->d->rnglists, offset);
	uint64_t base = u->low_pc;
	unsigned int i;

	for (i = 0; i < MAX_ENTRIES && read_entry(b, u, &r, &base); i++)
		;
	b->is_incomplete |= r.bad || i == MAX_ENTRIES;
}

/* An address, or a length. */
static uint64_t end_of(const struct dwarf_die *die)
{
	switch (die->high_pc.form) {
	case DW_FORM_data1: case DW_FORM_data2: case DW_FORM_data4:
	case DW_FORM_data8: case DW_FORM_udata: case DW_FORM_sdata:
	case DW_FORM_implicit_const:
		return die->low_pc.u + die->high_pc.u;
	default:
		return die->high_pc.u;
	}
}

unsigned int blocks_add(struct blocks *b, unsigned int outer,
			const struct dwarf_unit *u, const struct dwarf_die *die)
{
	struct block *block;

	if (b->n == BLOCKS_MAX)
		return 0;
	block = &b->list[b->n];
	*block = (struct block){ .outer = outer, .first_range = b->nranges };
	block->is_inlined = die->tag == DW_TAG_inlined_subroutine ||
			    b->list[outer].is_inlined;
	if (die->ranges.is_set && u->version >= 5)
		read_new_list(b, u, die->ranges.u);
	else if (die->ranges.is_set)
		read_old_list(b, u, die->ranges.u);
	else if (die->low_pc.is_set && die->high_pc.is_set)
		add_range(b, die->low_pc.u, end_of(die));
	block->nranges = b->nranges - block->first_range;
	return b->n++;
}

bool blocks_contain(const struct blocks *b, unsigned int outer,
		    unsigned int block)
{
	while (block != outer && block)
		block = b->list[block].outer;
	return block == outer;
}

bool blocks_cover(const struct blocks *b, unsigned int block, uint32_t address,
		  uint32_t *until)
{
	const struct block *at = &b->list[block];
	unsigned int i;

	for (i = at->first_range; i < at->first_range + at->nranges; i++) {
		const struct block_range *r = &b->ranges[i];

		if (r->from <= address && address < r->to) {
			if (r->to < *until)
				*until = r->to;
			return true;
		}
		if (r->from > address && r->from < *until)
			*until = r->from;
	}
	return false;
}
