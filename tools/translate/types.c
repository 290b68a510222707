// SPDX-License-Identifier: Apache-2.0
/* types.c: types of the guest's variables from .debug_info, see types.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "types.h"

#define MAX_DEPTH 40
#define MAX_USED 64 /* bytes: bits of a number */
#define MAX_SIZE (1u << 28) /* bytes, and elements of an array */
#define MAX_DIMENSIONS 8
#define MAX_PARTS (1u << 22) /* types, members, enumerators of a module */

/* Where types come from and go to. */
struct reading {
	struct types *out;
	const struct dwarf_unit *u;
	struct interned *names;
	unsigned int depth;
};

static uint32_t read_type(struct reading *g, const struct dwarf_value *type,
			  bool is_whole);

static uint32_t name_of(struct reading *g, const struct dwarf_value *name)
{
	return local_is_name(name->bytes) ? interned_add(g->names, name->bytes) :
					    NO_NAME;
}

static unsigned int depth_of(const struct types *t, uint32_t type)
{
	return type < t->n ? t->list[type].depth + 1u : 0;
}

static uint32_t size_of(const struct types *t, uint32_t type)
{
	return type < t->n ? t->list[type].size : 0;
}

static uint32_t add(struct reading *g, struct type new)
{
	struct types *t = g->out;

	new.depth = (uint8_t)depth_of(t, new.of);
	new.whole = TYPE_NONE;
	if (new.depth > MAX_DEPTH || t->n == MAX_PARTS ||
	    !array_room(&t->list, t->n, &t->room, sizeof(new), &t->failed))
		return TYPE_NONE;
	t->list[t->n] = new;
	return (uint32_t)t->n++;
}

/* ---- numbers ---------------------------------------------------------- */

static bool is_text(struct wasm_slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!isalnum(s.p[i]) && s.p[i] != '_' && s.p[i] != ' ')
			return false;
	return s.n && s.n < 64;
}

static uint32_t read_number(struct reading *g, const struct dwarf_die *die)
{
	struct type new = { .kind = TYPE_NUMBER, .name = NO_NAME, .of = TYPE_VOID };

	if (!local_type_of_number(g->u, die, &new.number))
		return TYPE_NONE;
	new.size = new.number.size;
	if (die->tag == DW_TAG_base_type && is_text(die->name.bytes))
		new.name = interned_add(g->names, die->name.bytes);
	return add(g, new);
}

static bool read_enumerator(struct reading *g, const struct dwarf_die *die)
{
	struct types *t = g->out;
	struct type_enumerator e = { name_of(g, &die->name), die->const_value.u };

	if (die->tag != DW_TAG_enumerator || e.name == NO_NAME ||
	    !die->const_value.is_set || t->nenumerators == MAX_PARTS ||
	    !array_room(&t->enumerators, t->nenumerators, &t->room_enumerators,
			sizeof(e), &t->failed))
		return false;
	t->enumerators[t->nenumerators++] = e;
	return true;
}

static uint32_t read_enum(struct reading *g, const struct dwarf_die *die)
{
	struct type new = { .kind = TYPE_ENUM, .name = name_of(g, &die->name),
			    .of = TYPE_VOID,
			    .first = (uint32_t)g->out->nenumerators };
	struct dwarf_unit there;
	struct dwarf_die next;

	if (!die->has_children ||
	    !local_type_of_number(g->u, die, &new.number) ||
	    !dwarf_enter(g->u, die->offset, &there, &next))
		return read_number(g, die);
	while (dwarf_next(&there, &next) && read_enumerator(g, &next))
		new.n++;
	new.size = new.number.size;
	return new.n ? add(g, new) : read_number(g, die);
}

/* ---- arrays ----------------------------------------------------------- */

static uint32_t add_array(struct reading *g, uint32_t element, uint64_t length)
{
	uint64_t size = size_of(g->out, element);

	if (!size || length * size > MAX_SIZE)
		length = 0;
	return add(g, (struct type){ .kind = TYPE_ARRAY, .name = NO_NAME,
				     .of = element, .size = (uint32_t)(length * size),
				     .n = (uint32_t)length });
}

static uint32_t read_array(struct reading *g, const struct dwarf_die *die)
{
	uint32_t type = read_type(g, &die->type, true);
	uint64_t lengths[MAX_DIMENSIONS];
	unsigned int n = 0;
	struct dwarf_unit there;
	struct dwarf_die range;

	if (type >= g->out->n || !die->has_children ||
	    !dwarf_enter(g->u, die->offset, &there, &range))
		return TYPE_NONE;
	while (dwarf_next(&there, &range) && range.tag == DW_TAG_subrange_type) {
		if (n == MAX_DIMENSIONS)
			return TYPE_NONE;
		lengths[n++] = range.count.is_set && range.count.u < MAX_SIZE ?
			       range.count.u : 0;
	}
	while (n && type != TYPE_NONE)
		type = add_array(g, type, lengths[--n]);
	return type;
}

/* ---- structures ------------------------------------------------------- */

/* Those of one structure, while others in it are read. */
struct members {
	struct type_member *list;
	size_t n, room;
};

static bool is_nameless(const struct types *t, uint32_t type)
{
	type = types_strip(t, type);
	return type < t->n && t->list[type].kind == TYPE_STRUCTURE;
}

/* False: nothing is told of it. */
static bool read_member(struct reading *g, const struct dwarf_die *die,
			const struct type *structure, struct type_member *ret)
{
	uint64_t limit = (uint64_t)structure->size * 8, offset, width;

	offset = die->data_bit_offset.is_set ? die->data_bit_offset.u :
					       die->member_location.u * 8;
	if (die->member_location.bytes.p || die->member_location.u > MAX_SIZE ||
	    offset > limit || die->bit_size.u > 64 ||
	    die->bit_size.is_set != die->data_bit_offset.is_set)
		return false;
	*ret = (struct type_member){
		.name = name_of(g, &die->name),
		.offset = (uint32_t)offset,
		.bits = (uint32_t)die->bit_size.u,
		.type = read_type(g, &die->type, true),
	};
	width = ret->bits ? ret->bits : (uint64_t)size_of(g->out, ret->type) * 8;
	return types_strip(g->out, ret->type) < g->out->n && offset + width <= limit &&
	       (ret->name != NO_NAME || is_nameless(g->out, ret->type));
}

static void read_members(struct reading *g, const struct dwarf_die *die,
			 struct type *structure, struct members *ret)
{
	struct types *t = g->out;
	unsigned int depth = 0;
	struct dwarf_unit there;
	struct dwarf_die next;
	struct type_member m;

	if (!dwarf_enter(g->u, die->offset, &there, &next))
		return;
	while (dwarf_next(&there, &next) && (next.tag || depth)) {
		if (!next.tag) {
			depth--;
			continue;
		}
		if (next.tag == DW_TAG_inheritance && !depth)
			structure->is_partial = true;
		if (next.tag == DW_TAG_member && !depth) {
			if (!read_member(g, &next, structure, &m))
				structure->is_partial = true;
			else if (t->nmembers + ret->n < MAX_PARTS &&
				 array_room(&ret->list, ret->n, &ret->room,
					    sizeof(m), &t->failed))
				ret->list[ret->n++] = m;
		}
		depth += next.has_children;
	}
}

static uint64_t first_bits(uint32_t n)
{
	return n ? ~UINT64_C(0) >> (64 - n) : 0;
}

uint64_t types_used(const struct types *t, uint32_t type)
{
	const struct type *of = &t->list[types_strip(t, type)];

	return of->size > MAX_USED ? 0 :
	       of->kind == TYPE_STRUCTURE ? of->used : first_bits(of->size);
}

/* What is known of them when all are read. */
static void add_members(struct reading *g, struct type *structure,
			const struct members *members)
{
	struct types *t = g->out;
	uint64_t bits;
	size_t i;

	structure->first = (uint32_t)t->nmembers;
	for (i = 0; i < members->n; i++) {
		const struct type_member *m = &members->list[i];

		if (!array_room(&t->members, t->nmembers, &t->room_members,
				sizeof(*m), &t->failed))
			return;
		t->members[t->nmembers++] = *m;
		structure->n++;
		structure->is_partial |= t->list[types_strip(t, m->type)].is_partial;
		if (depth_of(t, m->type) > structure->depth)
			structure->depth = (uint8_t)depth_of(t, m->type);
		if (structure->size > MAX_USED)
			continue;
		bits = m->bits ? first_bits((m->offset % 8 + m->bits + 7) / 8) :
				 types_used(t, m->type);
		structure->used |= bits ? bits << m->offset / 8 : 0;
	}
}

/* It is read behind the type that it is in, which it may be made of. */
static uint32_t add_tag(struct reading *g, const struct dwarf_die *die, struct type new)
{
	struct types *t = g->out;
	uint32_t type;

	if (die->byte_size.u <= MAX_SIZE)
		new.size = (uint32_t)die->byte_size.u;
	type = add(g, new);
	if (type != TYPE_NONE && t->has_wholes && die->has_children &&
	    array_room(&t->tags, t->ntags, &t->room_tags, sizeof(*t->tags), &t->failed))
		t->tags[t->ntags++] = (struct type_tag){ type, die->offset };
	return type;
}

static uint32_t read_structure(struct reading *g, const struct dwarf_die *die,
			       bool is_whole)
{
	struct types *t = g->out;
	struct type new = { .name = name_of(g, &die->name), .of = TYPE_VOID,
			    .is_union = die->tag == DW_TAG_union_type };
	struct members members = { 0 };
	unsigned int depth;
	uint32_t type;

	new.kind = new.name != NO_NAME && (!is_whole || !die->has_children) ?
		   TYPE_TAG : TYPE_STRUCTURE;
	if (new.kind == TYPE_TAG)
		return add_tag(g, die, new);
	if (die->byte_size.u > MAX_SIZE)
		return TYPE_NONE;
	new.size = (uint32_t)die->byte_size.u;
	if (die->has_children)
		read_members(g, die, &new, &members);
	add_members(g, &new, &members);
	free(members.list);
	depth = new.depth;
	type = depth <= MAX_DEPTH ? add(g, new) : TYPE_NONE;
	if (type != TYPE_NONE)
		t->list[type].depth = (uint8_t)depth;
	return type;
}

/* ---- all kinds -------------------------------------------------------- */

/* One that is of another one; of what cannot be told: nothing. */
static uint32_t read_other(struct reading *g, const struct dwarf_die *die,
			   enum type_kind kind)
{
	struct type new = { .kind = (uint8_t)kind, .name = NO_NAME,
			    .of = read_type(g, &die->type, false) };

	if (new.of == TYPE_NONE)
		new.of = TYPE_VOID;
	if (kind == TYPE_POINTER)
		new.size = 4;
	return add(g, new);
}

/* A name or a qualifier of a type, which goes without what is not told here. */
static uint32_t read_named(struct reading *g, const struct dwarf_die *die,
			   enum type_kind kind, bool is_whole)
{
	struct type new = { .kind = (uint8_t)kind, .name = NO_NAME,
			    .of = read_type(g, &die->type, is_whole) };

	if (kind == TYPE_TYPEDEF)
		new.name = name_of(g, &die->name);
	if (new.of == TYPE_NONE || (kind == TYPE_TYPEDEF && new.name == NO_NAME))
		return new.of;
	new.size = size_of(g->out, new.of);
	return add(g, new);
}

static uint32_t read_entry(struct reading *g, const struct dwarf_die *die,
			   bool is_whole)
{
	switch (die->tag) {
	case DW_TAG_base_type:
		return read_number(g, die);
	case DW_TAG_enumeration_type:
		return read_enum(g, die);
	case DW_TAG_pointer_type:
		return read_other(g, die, TYPE_POINTER);
	case DW_TAG_subroutine_type:
		return read_other(g, die, TYPE_FUNCTION);
	case DW_TAG_array_type:
		return read_array(g, die);
	case DW_TAG_structure_type: case DW_TAG_union_type:
		return read_structure(g, die, is_whole);
	case DW_TAG_typedef:
		return read_named(g, die, TYPE_TYPEDEF, is_whole);
	case DW_TAG_const_type:
		return read_named(g, die, TYPE_CONST, is_whole);
	case DW_TAG_volatile_type:
		return read_named(g, die, TYPE_VOLATILE, is_whole);
	case DW_TAG_restrict_type: case DW_TAG_atomic_type:
		return read_type(g, &die->type, is_whole);
	default:
		return TYPE_NONE;
	}
}

/* Where the type of an entry is kept once it was read; NULL: no memory. */
static uint32_t *known_at(struct types *t, uint64_t entry, bool is_whole)
{
	uint8_t key[17];
	uint32_t n;
	size_t i;

	for (i = 0; i < 16; i++)
		key[i] = (uint8_t)('a' + (entry >> 4 * i & 15));
	key[16] = is_whole ? 'w' : 't';
	n = interned_add(&t->known, (struct wasm_slice){ key, sizeof(key) });
	t->failed |= t->known.failed;
	if (t->failed || n < t->nread)
		return t->failed ? NULL : &t->read[n];
	if (!array_room(&t->read, t->nread, &t->room_read, sizeof(*t->read),
			&t->failed))
		return NULL;
	t->read[t->nread++] = TYPE_NONE;
	return &t->read[n];
}

static uint32_t read_type(struct reading *g, const struct dwarf_value *type,
			  bool is_whole)
{
	struct types *t = g->out;
	size_t before = t->nread;
	struct dwarf_die die;
	uint32_t *known, n, found;

	if (!type->is_set)
		return TYPE_VOID;
	known = known_at(t, type->u, is_whole);
	if (!known || t->nread == before) /* one that is in itself is damaged */
		return known ? *known : TYPE_NONE;
	n = (uint32_t)(known - t->read);
	if (g->depth == MAX_DEPTH || !dwarf_die_at(g->u, type->u, &die))
		return TYPE_NONE;
	g->depth++;
	found = read_entry(g, &die, is_whole);
	g->depth--;
	if (t->failed)
		return TYPE_NONE;
	t->read[n] = found;
	return found;
}

uint32_t types_read(struct types *t, const struct dwarf_unit *u,
		    struct interned *names, const struct dwarf_value *type,
		    bool is_whole)
{
	struct reading g = { t, u, names, 0 };
	uint32_t found = t->failed ? TYPE_NONE : read_type(&g, type, is_whole), whole;
	size_t i;

	for (i = 0; i < t->ntags && !t->failed; i++) {
		struct dwarf_value entry = { .is_set = true, .u = t->tags[i].entry };

		whole = read_type(&g, &entry, true);
		if (whole < t->n && t->list[whole].kind == TYPE_STRUCTURE &&
		    !t->list[whole].is_partial)
			t->list[t->tags[i].type].whole = whole;
	}
	t->ntags = 0;
	return found;
}

uint32_t types_strip(const struct types *t, uint32_t type)
{
	while (type < t->n && t->list[type].kind >= TYPE_TYPEDEF &&
	       t->list[type].kind <= TYPE_VOLATILE)
		type = t->list[type].of;
	return type;
}

void types_free(struct types *t)
{
	interned_free(&t->known);
	free(t->read);
	free(t->tags);
	free(t->list);
	free(t->members);
	free(t->enumerators);
	memset(t, 0, sizeof(*t));
}

/* ---- in C ------------------------------------------------------------- */

/* A type of C around what is declared with it: "char " and "[4]". */
struct spelling {
	char before[TYPES_NAME_MAX], behind[TYPES_NAME_MAX];
};

static void put_before(struct spelling *s, const char *text)
{
	char rest[TYPES_NAME_MAX];

	memcpy(rest, s->before, sizeof(rest));
	snprintf(s->before, sizeof(s->before), "%s%s", text, rest);
}

static void put_behind(struct spelling *s, const char *text)
{
	size_t n = strlen(s->behind);

	snprintf(s->behind + n, sizeof(s->behind) - n, "%s", text);
}

static void spell_name(const struct type *t, const struct interned *names,
		       struct spelling *s)
{
	const char *name = t->name == NO_NAME ? "{...}" : names->texts[t->name];
	const char *tag = t->kind == TYPE_ENUM ? "enum " :
			  t->kind != TYPE_TAG && t->kind != TYPE_STRUCTURE ? "" :
			  t->is_union ? "union " : "struct ";

	if (*s->before)
		put_before(s, " ");
	put_before(s, name);
	put_before(s, tag);
}

void types_spell(const struct types *t, const struct interned *names, uint32_t type,
		 char ret[TYPES_NAME_MAX])
{
	struct spelling s = { "", "" };
	const struct type *at;
	char length[16];

	for (; type < t->n; type = at->of) {
		at = &t->list[type];
		if (at->kind == TYPE_POINTER) {
			put_before(&s, "*");
		} else if (at->kind == TYPE_ARRAY || at->kind == TYPE_FUNCTION) {
			if (*s.before == '*') {
				put_before(&s, "(");
				put_behind(&s, ")");
			}
			snprintf(length, sizeof(length), "[%u]", at->n);
			put_behind(&s, at->kind == TYPE_ARRAY ? length : "()");
		} else if (at->kind != TYPE_CONST && at->kind != TYPE_VOLATILE) {
			spell_name(at, names, &s);
			break;
		}
	}
	if (type >= t->n)
		put_before(&s, *s.before ? "void " : "void");
	if (strlen(s.before) + strlen(s.behind) >= TYPES_NAME_MAX - 8)
		s = (struct spelling){ "void *", "" };
	snprintf(ret, TYPES_NAME_MAX, "%s%s", s.before, s.behind);
}
