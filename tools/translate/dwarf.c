// SPDX-License-Identifier: Apache-2.0
/* dwarf.c: entries of .debug_info and their values, see dwarf.h. */
#include <stdlib.h>
#include <string.h>

#include "dwarf.h"

/* Attributes per entry: more no compiler makes. */
#define MAX_ATTRIBUTES 200
#define MAX_TEXT (1 << 14) /* many entries may have one text */
#define MAX_HOPS 8 /* from an instance to what it is one of */

/* What the code of an entry stands for. */
struct dwarf_abbrev {
	uint16_t tag;
	bool has_children;
	struct wasm_slice attributes; /* pairs of attribute and form */
};

void dwarf_open(struct dwarf *d, const struct wasm_module *m)
{
	*d = (struct dwarf){
		.info = wasm_custom_section(m, ".debug_info"),
		.abbrev = wasm_custom_section(m, ".debug_abbrev"),
		.str = wasm_custom_section(m, ".debug_str"),
		.str_offsets = wasm_custom_section(m, ".debug_str_offsets"),
		.addr = wasm_custom_section(m, ".debug_addr"),
		.line = wasm_custom_section(m, ".debug_line"),
		.line_str = wasm_custom_section(m, ".debug_line_str"),
		.loc = wasm_custom_section(m, ".debug_loc"),
		.loclists = wasm_custom_section(m, ".debug_loclists"),
		.ranges = wasm_custom_section(m, ".debug_ranges"),
		.rnglists = wasm_custom_section(m, ".debug_rnglists"),
		.abbrevs_at = UINT64_MAX,
		.address_size = DWARF_WASM_ADDRESS,
	};
	d->effort = 4 * (uint64_t)d->abbrev.n;
}

void dwarf_free(struct dwarf *d)
{
	free(d->abbrevs);
	d->abbrevs = NULL;
	d->nabbrevs = d->room = 0;
}

uint64_t dwarf_read_fixed(struct wasm_reader *r, unsigned int n)
{
	struct wasm_slice s = wasm_read_bytes(r, n);
	uint64_t value = 0;

	while (!r->bad && n--)
		value = value << 8 | s.p[n];
	return value;
}

struct wasm_slice dwarf_read_text(struct wasm_reader *r)
{
	struct wasm_slice s = { r->p, 0 };
	const uint8_t *end = memchr(r->p, 0, (size_t)(r->end - r->p));

	if (!end) {
		r->bad = true;
		r->p = r->end;
		return (struct wasm_slice){ r->end, 0 };
	}
	s.n = (size_t)(end - s.p);
	r->p = end + 1;
	return s;
}

struct wasm_reader dwarf_reader_at(struct wasm_slice section, uint64_t offset)
{
	static const uint8_t nothing[1];
	const uint8_t *start = section.p ? section.p : nothing;

	if (offset > section.n)
		offset = section.n;
	return (struct wasm_reader){ start + offset, start + section.n, false,
				     NULL };
}

static struct wasm_slice text_at(struct wasm_slice section, uint64_t offset)
{
	struct wasm_reader r = dwarf_reader_at(section, offset);

	if (r.end - r.p > MAX_TEXT)
		r.end = r.p + MAX_TEXT;
	return dwarf_read_text(&r);
}

/* The entry with that index of a table of 4-byte values. */
static uint64_t table_entry(struct wasm_slice section, uint64_t base,
			    uint64_t index)
{
	struct wasm_reader r;

	if (index > section.n)
		return UINT64_MAX;
	r = dwarf_reader_at(section, base + 4 * index);
	base = dwarf_read_fixed(&r, 4);
	return r.bad ? UINT64_MAX : base;
}

struct dwarf_value dwarf_read_value(const struct dwarf *d,
				    struct wasm_reader *r, uint64_t form)
{
	struct dwarf_value v = { .form = (uint16_t)form, .is_set = true };

	switch (form) {
	case DW_FORM_data1: case DW_FORM_flag: case DW_FORM_ref1:
	case DW_FORM_strx1: case DW_FORM_addrx1:
		v.u = dwarf_read_fixed(r, 1);
		break;
	case DW_FORM_data2: case DW_FORM_ref2: case DW_FORM_strx2:
	case DW_FORM_addrx2:
		v.u = dwarf_read_fixed(r, 2);
		break;
	case DW_FORM_strx3: case DW_FORM_addrx3:
		v.u = dwarf_read_fixed(r, 3);
		break;
	case DW_FORM_addr:
		v.u = dwarf_read_fixed(r, d->address_size);
		break;
	case DW_FORM_data4: case DW_FORM_ref4:
	case DW_FORM_ref_addr:
	case DW_FORM_sec_offset: case DW_FORM_strx4: case DW_FORM_addrx4:
		v.u = dwarf_read_fixed(r, 4);
		break;
	case DW_FORM_data8: case DW_FORM_ref8: case DW_FORM_ref_sig8:
		v.u = dwarf_read_fixed(r, 8);
		break;
	case DW_FORM_data16:
		v.bytes = wasm_read_bytes(r, 16);
		break;
	case DW_FORM_sdata:
		v.u = wasm_read_leb(r, 64, true);
		break;
	case DW_FORM_udata: case DW_FORM_ref_udata: case DW_FORM_strx:
	case DW_FORM_addrx:
	case DW_FORM_loclistx: case DW_FORM_rnglistx:
		v.u = wasm_read_leb(r, 64, false);
		break;
	case DW_FORM_string:
		v.bytes = dwarf_read_text(r);
		break;
	case DW_FORM_strp:
		v.bytes = text_at(d->str, dwarf_read_fixed(r, 4));
		break;
	case DW_FORM_line_strp:
		v.bytes = text_at(d->line_str, dwarf_read_fixed(r, 4));
		break;
	case DW_FORM_block1:
		v.bytes = wasm_read_bytes(r, dwarf_read_fixed(r, 1));
		break;
	case DW_FORM_block2:
		v.bytes = wasm_read_bytes(r, dwarf_read_fixed(r, 2));
		break;
	case DW_FORM_block4:
		v.bytes = wasm_read_bytes(r, dwarf_read_fixed(r, 4));
		break;
	case DW_FORM_block: case DW_FORM_exprloc:
		v.bytes = wasm_read_bytes(r, wasm_read_leb(r, 64, false));
		break;
	case DW_FORM_flag_present:
		v.u = 1;
		break;
	default:
		r->bad = true;
		r->p = r->end;
	}
	v.is_set = !r->bad;
	return v;
}

uint64_t dwarf_address(const struct dwarf_unit *u, uint64_t index)
{
	return table_entry(u->d->addr, u->addr, index);
}

/* What a value means depends on the unit that it is in. */
static void resolve(const struct dwarf_unit *u, struct dwarf_value *v)
{
	switch (v->form) {
	case DW_FORM_ref1: case DW_FORM_ref2: case DW_FORM_ref4:
	case DW_FORM_ref8: case DW_FORM_ref_udata:
		v->u += u->start;
		break;
	case DW_FORM_strx: case DW_FORM_strx1: case DW_FORM_strx2:
	case DW_FORM_strx3: case DW_FORM_strx4:
		v->bytes = text_at(u->d->str, table_entry(u->d->str_offsets,
							  u->str_offsets,
							  v->u));
		break;
	case DW_FORM_addrx: case DW_FORM_addrx1: case DW_FORM_addrx2:
	case DW_FORM_addrx3: case DW_FORM_addrx4:
		v->u = table_entry(u->d->addr, u->addr, v->u);
		break;
	case DW_FORM_loclistx:
		v->u = table_entry(u->d->loclists, u->loclists, v->u);
		if (v->u != UINT64_MAX)
			v->u += u->loclists;
		break;
	case DW_FORM_rnglistx:
		v->u = table_entry(u->d->rnglists, u->rnglists, v->u);
		if (v->u != UINT64_MAX)
			v->u += u->rnglists;
		break;
	default:
		break;
	}
}

/* Skip pairs of attribute and form up to the one that ends them. */
static void skip_attributes(struct wasm_reader *r)
{
	uint64_t at, form;

	do {
		at = wasm_read_leb(r, 64, false);
		form = wasm_read_leb(r, 64, false);
		if (form == DW_FORM_implicit_const)
			wasm_read_leb(r, 64, true);
	} while ((at || form) && !r->bad);
}

/* Codes are 1, 2, 3, ...; a table that is not so is not read further. */
static void read_abbrevs(struct dwarf *d, uint64_t offset)
{
	struct wasm_reader r = dwarf_reader_at(d->abbrev, offset);
	const uint8_t *start = r.p;

	if (d->abbrevs_at == offset)
		return;
	d->abbrevs_at = offset;
	d->nabbrevs = 0;
	while (wasm_read_leb(&r, 64, false) == d->nabbrevs + 1 &&
	       (uint64_t)(r.p - start) < d->effort) {
		struct dwarf_abbrev *a;

		if (d->nabbrevs == d->room) {
			a = realloc(d->abbrevs, (2 * d->room + 128) *
				    sizeof(*a));
			if (!a)
				break;
			d->abbrevs = a;
			d->room = 2 * d->room + 128;
		}
		a = &d->abbrevs[d->nabbrevs];
		a->tag = (uint16_t)wasm_read_leb(&r, 16, false);
		a->has_children = wasm_read_byte(&r);
		a->attributes.p = r.p;
		skip_attributes(&r);
		a->attributes.n = (size_t)(r.p - a->attributes.p);
		if (r.bad)
			break;
		d->nabbrevs++;
	}
	d->effort -= d->effort < (uint64_t)(r.p - start) ?
		d->effort : (uint64_t)(r.p - start);
}

static struct dwarf_value *place_of(struct dwarf_die *die, uint64_t at)
{
	switch (at) {
	case DW_AT_location: return &die->location;
	case DW_AT_name: return &die->name;
	case DW_AT_byte_size: return &die->byte_size;
	case DW_AT_bit_size: return &die->bit_size;
	case DW_AT_data_bit_offset: return &die->data_bit_offset;
	case DW_AT_data_member_location: return &die->member_location;
	case DW_AT_stmt_list: return &die->stmt_list;
	case DW_AT_low_pc: return &die->low_pc;
	case DW_AT_high_pc: return &die->high_pc;
	case DW_AT_const_value: return &die->const_value;
	case DW_AT_comp_dir: return &die->comp_dir;
	case DW_AT_abstract_origin:
	case DW_AT_specification: return &die->abstract_origin;
	case DW_AT_decl_file: return &die->decl_file;
	case DW_AT_declaration: return &die->declaration;
	case DW_AT_decl_line: return &die->decl_line;
	case DW_AT_call_file: return &die->call_file;
	case DW_AT_call_line: return &die->call_line;
	case DW_AT_encoding: return &die->encoding;
	case DW_AT_count: return &die->count;
	case DW_AT_frame_base: return &die->frame_base;
	case DW_AT_type: return &die->type;
	case DW_AT_ranges: return &die->ranges;
	case DW_AT_str_offsets_base: return &die->str_offsets_base;
	case DW_AT_addr_base: return &die->addr_base;
	case DW_AT_rnglists_base: return &die->rnglists_base;
	case DW_AT_loclists_base: return &die->loclists_base;
	default: return NULL;
	}
}

static void note_ref(struct dwarf_unit *u, struct dwarf_die *die,
		     const uint8_t *start, const struct dwarf_value *v)
{
	struct dwarf_ref ref = {
		.at = (size_t)(start - u->d->info.p),
		.size = (size_t)(u->r.p - start),
		.base = v->form == DW_FORM_ref_addr ? 0 : u->start,
		.is_leb = v->form == DW_FORM_ref_udata,
	};

	if (v->form < DW_FORM_ref_addr || v->form > DW_FORM_ref_udata)
		return;
	if (die->nrefs == DWARF_MAX_REFS) {
		u->r.bad = true;
		return;
	}
	ref.target = ref.base + v->u;
	die->refs[die->nrefs++] = ref;
}

static void visit(const struct dwarf_unit *u, uint64_t at, struct dwarf_value v)
{
	resolve(u, &v);
	u->d->visit(u->d->visit_arg, at, &v);
}

static void read_attributes(struct dwarf_unit *u, const struct dwarf_abbrev *a,
			    struct dwarf_die *die)
{
	struct wasm_reader spec = { a->attributes.p,
				    a->attributes.p + a->attributes.n, false,
				    NULL };
	unsigned int n;

	for (n = 0; n < MAX_ATTRIBUTES && !u->r.bad; n++) {
		uint64_t at = wasm_read_leb(&spec, 64, false);
		uint64_t form = wasm_read_leb(&spec, 64, false);
		struct dwarf_value v = { .form = (uint16_t)form, .is_set = true };
		struct dwarf_value *place;
		const uint8_t *start;

		if (!at && !form)
			return;
		if (form == DW_FORM_indirect)
			form = wasm_read_leb(&u->r, 64, false);
		start = u->r.p;
		if (form == DW_FORM_implicit_const)
			v.u = wasm_read_leb(&spec, 64, true);
		else
			v = dwarf_read_value(u->d, &u->r, form);
		note_ref(u, die, start, &v);
		if (u->d->visit)
			visit(u, at, v);
		place = place_of(die, at);
		if (place)
			*place = v;
	}
	u->r.bad = true;
}

static void resolve_all(const struct dwarf_unit *u, struct dwarf_die *die)
{
	resolve(u, &die->name);
	resolve(u, &die->comp_dir);
	resolve(u, &die->low_pc);
	resolve(u, &die->high_pc);
	resolve(u, &die->type);
	resolve(u, &die->location);
	resolve(u, &die->ranges);
	resolve(u, &die->abstract_origin);
}

bool dwarf_next(struct dwarf_unit *u, struct dwarf_die *ret)
{
	uint64_t code;

	if (u->r.bad || u->r.p >= u->r.end)
		return false;
	memset(ret, 0, sizeof(*ret));
	ret->offset = (size_t)(u->r.p - u->d->info.p);
	code = wasm_read_leb(&u->r, 64, false);
	if (!code)
		return !u->r.bad;
	if (code > u->d->nabbrevs) {
		u->r.bad = true;
		return false;
	}
	ret->tag = u->d->abbrevs[code - 1].tag;
	ret->has_children = u->d->abbrevs[code - 1].has_children;
	read_attributes(u, &u->d->abbrevs[code - 1], ret);
	if (u->r.bad || !ret->tag)
		return false;
	if (ret->str_offsets_base.is_set)
		u->str_offsets = ret->str_offsets_base.u;
	if (ret->addr_base.is_set)
		u->addr = ret->addr_base.u;
	if (ret->loclists_base.is_set)
		u->loclists = ret->loclists_base.u;
	if (ret->rnglists_base.is_set)
		u->rnglists = ret->rnglists_base.u;
	resolve_all(u, ret);
	if (ret->tag == DW_TAG_compile_unit)
		u->low_pc = ret->low_pc.u;
	return true;
}

bool dwarf_enter(const struct dwarf_unit *u, uint64_t offset,
		 struct dwarf_unit *there, struct dwarf_die *ret)
{
	if (offset <= u->start || offset >= (size_t)(u->r.end - u->d->info.p))
		return false;
	*there = *u;
	there->r.p = u->d->info.p + offset;
	there->r.bad = false;
	return dwarf_next(there, ret) && ret->tag;
}

bool dwarf_die_at(const struct dwarf_unit *u, uint64_t offset,
		  struct dwarf_die *ret)
{
	struct dwarf_unit there;

	return dwarf_enter(u, offset, &there, ret);
}

bool dwarf_die_origin(const struct dwarf_unit *u, const struct dwarf_die *die,
		      struct dwarf_die *ret)
{
	unsigned int i;

	*ret = *die;
	for (i = 0; i < MAX_HOPS && !ret->name.is_set &&
		    ret->abstract_origin.is_set; i++)
		if (!dwarf_die_at(u, ret->abstract_origin.u, ret))
			return false;
	return true;
}

bool dwarf_unit_begin(struct dwarf_unit *u, struct dwarf *d, size_t *offset)
{
	struct wasm_reader r = dwarf_reader_at(d->info, *offset);
	uint64_t size, abbrev;
	unsigned int type = 0;

	*u = (struct dwarf_unit){ .d = d, .start = *offset, .r = r };
	size = dwarf_read_fixed(&r, 4);
	/* 0xffffffff is the mark of 64-bit DWARF, which wasm32 never has. */
	if (r.bad || size > (uint64_t)(r.end - r.p))
		return false;
	r.end = r.p + size;
	*offset = (size_t)(r.end - d->info.p);
	u->version = (unsigned int)dwarf_read_fixed(&r, 2);
	if (u->version >= 5)
		type = (unsigned int)dwarf_read_fixed(&r, 2) & 0xff;
	abbrev = dwarf_read_fixed(&r, 4);
	if (u->version < 5)
		dwarf_read_fixed(&r, 1);
	u->str_offsets = u->addr = 8;
	u->loclists = u->rnglists = 12;
	if (u->version < 2 || u->version > 5 || type > 1)
		r.bad = true;
	u->r = r;
	if (!r.bad)
		read_abbrevs(d, abbrev);
	return true;
}
