// SPDX-License-Identifier: Apache-2.0
/* pieces.c: variables in pieces, see pieces.h. */
#include "buffer.h"
#include "nowhere.h"
#include "object.h"
#include "operation.h"
#include "pieces.h"
#include "spill.h"

#define MAX_HOPS 16 /* names and qualifiers of a type */

/* What a place tells of a variable. */
struct told {
	bool has_pieces, has_holes;
	uint64_t size; /* of all pieces */
};

/* Up to an operation that is not known here. */
static struct told read_place(struct wasm_slice place)
{
	struct wasm_reader r = { place.p, place.p + place.n, false, NULL };
	struct told told = { 0 };
	bool is_somewhere = false;

	while (r.p < r.end) {
		unsigned int op = wasm_read_byte(&r);

		if (op == DW_OP_piece) {
			told.has_pieces = true;
			told.has_holes |= !is_somewhere;
			told.size += wasm_read_leb(&r, 64, false);
			is_somewhere = false;
		} else if (operation_skip(&r, op, sizeof(Elf64_Addr))) {
			is_somewhere = true;
		} else {
			break;
		}
	}
	return told;
}

/* Is it all of a variable of that size? */
static bool is_all(struct told told, uint64_t size)
{
	return !told.has_pieces || (!told.has_holes && told.size == size);
}

/* An entry of a list. */
struct entry {
	struct wasm_slice head; /* its kind, and two numbers: which code it is of */
	size_t last_size; /* bytes of the second one, */
	uint64_t first;	  /* which is this one if that is none */
	bool is_range;	  /* else it is of no code */
	struct wasm_slice place;
};

/* False: the list's end, or nothing that LLVM makes. */
static bool read_entry(struct wasm_reader *r, struct entry *e)
{
	const uint8_t *start = r->p;
	unsigned int kind = wasm_read_byte(r);

	*e = (struct entry){ .head.p = start, .is_range = kind != DW_LLE_base_addressx };
	if (kind != DW_LLE_base_addressx && kind != DW_LLE_offset_pair &&
	    kind != DW_LLE_startx_length)
		return false;
	e->first = wasm_read_leb(r, 64, false);
	start = r->p;
	if (e->is_range)
		wasm_read_leb(r, 64, false);
	if (kind == DW_LLE_startx_length)
		e->first = 0;
	e->last_size = (size_t)(r->p - start);
	e->head.n = (size_t)(r->p - e->head.p);
	if (e->is_range)
		e->place = wasm_read_bytes(r, wasm_read_leb(r, 64, false));
	return !r->bad;
}

/* For lldb: an entry that does not tell of all is of no code. True: there is one. */
static bool empty_entries(struct wasm_slice lists, uint64_t offset, uint64_t size)
{
	struct wasm_reader r = dwarf_reader_at(lists, offset);
	bool is_changed = false;
	struct entry e;

	while (read_entry(&r, &e)) {
		if (!e.is_range || is_all(read_place(e.place), size))
			continue;
		buffer_set_leb((uint8_t *)e.head.p + e.head.n - e.last_size,
			       e.last_size, e.first);
		is_changed = true;
	}
	return is_changed;
}

/* For gdb, which takes what is behind the last piece for zeros: the list with a piece there
 * that is nowhere. True: there is one. */
static bool put_list(struct wasm_slice lists, uint64_t offset, uint64_t size,
		     struct buffer *out)
{
	struct wasm_reader r = dwarf_reader_at(lists, offset);
	bool is_changed = false;
	struct buffer rest = { 0 };
	struct entry e;
	struct told told;

	while (read_entry(&r, &e)) {
		rest.n = 0;
		told = read_place(e.place);
		if (told.has_pieces && told.size < size) {
			buffer_byte(&rest, DW_OP_piece);
			buffer_u32(&rest, (uint32_t)(size - told.size));
			is_changed = true;
		}
		buffer_put(out, e.head.p, e.head.n);
		if (e.is_range)
			buffer_u32(out, (uint32_t)(e.place.n + rest.n));
		buffer_put(out, e.place.p, e.place.n);
		buffer_put(out, rest.p, rest.n);
	}
	buffer_byte(out, DW_LLE_end_of_list);
	out->failed |= rest.failed;
	buffer_free(&rest);
	return is_changed;
}

static bool is_name(unsigned int tag)
{
	return tag == DW_TAG_typedef || tag == DW_TAG_const_type ||
	       tag == DW_TAG_volatile_type;
}

/* Bytes of the structure that a variable is, or 0. */
static uint64_t structure_size(const struct dwarf_unit *u, const struct dwarf_die *die)
{
	struct dwarf_die type;
	unsigned int i = 0;

	if (!dwarf_die_origin(u, die, &type))
		return 0;
	do {
		if (!type.type.is_set || !dwarf_die_at(u, type.type.u, &type))
			return 0;
	} while (is_name(type.tag) && i++ < MAX_HOPS);
	return type.tag == DW_TAG_structure_type || type.tag == DW_TAG_union_type ?
	       type.byte_size.u : 0;
}

static struct wasm_slice section(const struct object *o, const char *name)
{
	const Elf64_Shdr *s = object_section(o, name);

	return s ? (struct wasm_slice){ (uint8_t *)o->p + s->sh_offset, s->sh_size } :
		   (struct wasm_slice){ 0 };
}

/* Both sections: that of the object, and what is to be the last one. */
struct lists {
	struct wasm_slice first;
	struct buffer last, added; /* added: lists that will be behind the last one's */
	bool is_changed;
};

#define HEADER 12 /* bytes of a unit's header, which tells last how many offsets follow */

/* A list of a unit, whose table of offsets is at base, is where last and added end. */
static void move_list(struct lists *l, uint64_t base, uint64_t offset, size_t start)
{
	struct wasm_reader r = dwarf_reader_at(l->first, base - 4);
	uint64_t n = dwarf_read_fixed(&r, 4);

	for (; n && !r.bad; n--) {
		uint8_t *at = l->last.p + (r.p - l->first.p);

		if (base + dwarf_read_fixed(&r, 4) != offset || r.bad)
			continue;
		buffer_set_fixed(at, 4, l->last.n + HEADER + start - base);
		return;
	}
}

/* An expression for all of a variable's scope; if it does not tell of all, it becomes one of
 * no bytes: a longer 0. */
static void finish_expression(struct wasm_slice place, uint64_t size)
{
	size_t head = place.n < 128 ? 1 : 2; /* of its length */

	if (!is_all(read_place(place), size))
		buffer_set_leb((uint8_t *)place.p - head, head + place.n, 0);
}

static void finish_list(struct lists *l, uint64_t base, uint64_t offset, uint64_t size)
{
	size_t start = l->added.n;

	if (put_list(l->first, offset, size, &l->added))
		move_list(l, base, offset, start);
	else
		l->added.n = start;
	l->is_changed |= empty_entries(l->first, offset, size);
}

/* All pieces of a variable. */
static void finish_pieces(struct lists *l, const struct dwarf_unit *u,
			  const struct dwarf_die *die)
{
	uint64_t size = structure_size(u, die);

	if (size && die->location.form == DW_FORM_loclistx)
		finish_list(l, u->loclists, die->location.u, size);
	else if (size && die->location.form == DW_FORM_exprloc)
		finish_expression(die->location.bytes, size);
}

/* All places of a variable. */
static void correct(struct lists *l, const struct dwarf_unit *u,
		    const struct dwarf_die *die)
{
	struct wasm_reader r = dwarf_reader_at(l->first, die->location.u);
	struct entry e;

	(void)u;
	if (die->location.form == DW_FORM_exprloc) {
		spill_correct(die->location.bytes);
		nowhere_finish(die->location.bytes);
	}
	while (die->location.form == DW_FORM_loclistx && read_entry(&r, &e))
		spill_correct(e.place);
}

static void walk(const struct object *o, struct lists *l,
		 void (*visit)(struct lists *l, const struct dwarf_unit *u,
			       const struct dwarf_die *die))
{
	struct dwarf d = {
		.info = section(o, ".debug_info"),
		.abbrev = section(o, ".debug_abbrev"),
		.loclists = l->first,
		.abbrevs_at = UINT64_MAX,
		.address_size = sizeof(Elf64_Addr),
	};
	struct dwarf_unit u;
	struct dwarf_die die;
	size_t offset = 0;

	d.effort = 4 * (uint64_t)d.abbrev.n;
	while (dwarf_unit_begin(&u, &d, &offset))
		while (dwarf_next(&u, &die))
			if (die.location.is_set)
				visit(l, &u, &die);
	dwarf_free(&d);
}

/* A unit without offsets, of all that is added. */
static void put_added(struct lists *l)
{
	uint8_t header[HEADER] = { 0 };

	buffer_set_fixed(header, 4, HEADER - 4 + l->added.n);
	buffer_set_fixed(header + 4, 2, 5); /* the version of DWARF */
	header[6] = sizeof(Elf64_Addr);
	buffer_put(&l->last, header, sizeof(header));
	buffer_put(&l->last, l->added.p, l->added.n);
	l->last.failed |= l->added.failed;
}

static int finish(struct object *o, struct failure *failure)
{
	struct lists l = { .first = section(o, ".debug_loclists") };
	int err = 0;

	walk(o, &l, correct);
	buffer_put(&l.last, l.first.p, l.first.n);
	if (!l.last.failed)
		walk(o, &l, finish_pieces);
	if (!l.last.failed && l.is_changed) {
		put_added(&l);
		err = object_append(o, ".debug_loclists", &l.last, failure);
	}
	if (l.last.failed)
		err = failure_set(failure, FAIL_HOST, "out of memory");
	buffer_free(&l.last);
	buffer_free(&l.added);
	return err;
}

int pieces_finish(const char *dir, const char *so, struct failure *failure)
{
	struct object o;
	int err = object_map(&o, dir, so, failure);

	if (!err)
		err = finish(&o, failure);
	return object_unmap(&o, err, failure);
}
