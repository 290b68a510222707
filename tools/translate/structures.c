// SPDX-License-Identifier: Apache-2.0
/* structures.c: structures of variables in locals, see structures.h. */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "structures.h"

#define MAX_NESTED 20	/* structures in one */
#define MAX_LOOK 256	/* of those read last, in search for one */
#define MAX_MEMBERS (1u << 20) /* of a module */

/* Where what a structure is made of comes from and goes to. */
struct reading {
	struct structures *out;
	const struct dwarf_unit *u;
	struct interned *names;
	size_t top; /* the structure that the others are in */
};

static uint32_t name_of(struct reading *g, const struct dwarf_value *name)
{
	return local_is_name(name->bytes) ? interned_add(g->names, name->bytes) :
					    NO_NAME;
}

/* From that index on. */
static uint32_t find(const struct structures *s, uint64_t entry, size_t from)
{
	size_t i;

	for (i = s->n; i > from && s->n - i < MAX_LOOK; i--)
		if (s->list[i - 1].entry == entry)
			return (uint32_t)(i - 1);
	return NO_STRUCTURE;
}

/* One behind `from`, so that none is in itself. */
static uint32_t find_or_add(struct reading *g, const struct dwarf_value *type,
			    size_t from)
{
	struct structures *s = g->out;
	struct dwarf_value alias;
	struct dwarf_die die;
	struct structure new;
	uint32_t found;

	if (!local_type_strip(g->u, type, &die, &alias) ||
	    (die.tag != DW_TAG_structure_type && die.tag != DW_TAG_union_type) ||
	    !die.has_children || !die.byte_size.u ||
	    die.byte_size.u > STRUCTURE_MAX)
		return NO_STRUCTURE;
	found = find(s, die.offset, from);
	if (found != NO_STRUCTURE)
		return found;
	new = (struct structure){
		.entry = die.offset,
		.name = name_of(g, die.name.is_set ? &die.name : &alias),
		.size = (uint32_t)die.byte_size.u,
		.is_union = die.tag == DW_TAG_union_type,
	};
	if (s->n - g->top > MAX_NESTED ||
	    !array_room(&s->list, s->n, &s->room, sizeof(new), &s->failed))
		return NO_STRUCTURE;
	s->list[s->n] = new;
	return (uint32_t)s->n++;
}

/* False: nothing is told of it. */
static bool read_type(struct reading *g, const struct dwarf_die *die, size_t self,
		      struct structure_member *ret)
{
	const struct dwarf_value *type = &die->type;
	struct dwarf_die array;
	uint64_t length;

	if (local_type_strip(g->u, type, &array, NULL) &&
	    array.tag == DW_TAG_array_type) {
		length = dwarf_array_length(g->u, &array);
		if (!length || length > STRUCTURE_MAX)
			return false;
		ret->length = (uint32_t)length;
		type = &array.type;
	}
	if (!local_type_read(g->u, g->names, type, &ret->type)) {
		ret->structure = find_or_add(g, type, self + 1);
		return ret->structure != NO_STRUCTURE;
	}
	if (ret->type.is_pointer)
		ret->type = (struct local_type){ .class = LOCAL_UNSIGNED, .size = 4 };
	return true;
}

/* Bits. */
static uint64_t width_of(const struct structures *s, const struct structure_member *m)
{
	uint64_t size = m->structure == NO_STRUCTURE ? m->type.size :
						       s->list[m->structure].size;

	return m->bits ? m->bits : size * 8 * (m->length ? m->length : 1);
}

static void read_member(struct reading *g, const struct dwarf_die *die, size_t self)
{
	struct structures *s = g->out;
	struct structure_member m = { .structure = NO_STRUCTURE };
	uint64_t limit = (uint64_t)s->list[self].size * 8, offset;

	offset = die->data_bit_offset.is_set ? die->data_bit_offset.u :
					       die->member_location.u * 8;
	if (die->member_location.bytes.p || die->member_location.u > STRUCTURE_MAX ||
	    offset > limit || die->bit_size.u > 64 ||
	    die->bit_size.is_set != die->data_bit_offset.is_set ||
	    !read_type(g, die, self, &m))
		return;
	m.name = name_of(g, &die->name);
	m.offset = (uint32_t)offset;
	m.bits = (uint32_t)die->bit_size.u;
	if ((m.name == NO_NAME && (m.structure == NO_STRUCTURE || m.length)) ||
	    offset + width_of(s, &m) > limit || s->nmembers == MAX_MEMBERS ||
	    !array_room(&s->members, s->nmembers, &s->room_members, sizeof(m),
			&s->failed))
		return;
	s->members[s->nmembers++] = m;
	s->list[self].n++;
}

static void read_members(struct reading *g, size_t self)
{
	struct structures *s = g->out;
	unsigned int depth = 0;
	struct dwarf_unit there;
	struct dwarf_die die;

	s->list[self].first = (uint32_t)s->nmembers;
	if (!dwarf_enter(g->u, s->list[self].entry, &there, &die))
		return;
	while (dwarf_next(&there, &die) && (die.tag || depth)) {
		if (!die.tag)
			depth--;
		else if (die.tag == DW_TAG_member && !depth)
			read_member(g, &die, self);
		depth += die.tag && die.has_children;
	}
}

/* Those in it are behind it. */
static void find_used(struct structures *s, size_t self)
{
	const struct structure_member *m = s->members + s->list[self].first;
	const struct structure_member *end = m + s->list[self].n;
	uint64_t bits;

	for (; m < end; m++) {
		bits = width_of(s, m) == 64 ? ~UINT64_C(0) :
			(UINT64_C(1) << width_of(s, m)) - 1;
		if (m->structure != NO_STRUCTURE && !m->length)
			bits = s->list[m->structure].used;
		s->list[self].used |= bits << m->offset;
	}
}

uint32_t structures_read(struct structures *s, const struct dwarf_unit *u,
			 struct interned *names, const struct dwarf_value *type)
{
	struct reading g = { s, u, names, s->n };
	uint32_t found = find_or_add(&g, type, 0);
	size_t i;

	for (i = g.top; i < s->n; i++)
		read_members(&g, i);
	while (i-- > g.top)
		find_used(s, i);
	if (found != NO_STRUCTURE && s->list[found].size & (s->list[found].size - 1))
		return NO_STRUCTURE;
	return found;
}

void structures_free(struct structures *s)
{
	free(s->list);
	free(s->members);
	memset(s, 0, sizeof(*s));
}
