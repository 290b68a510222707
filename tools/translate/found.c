// SPDX-License-Identifier: Apache-2.0
/* found.c: variables as their entries tell of them, see found.h. */
#include "found.h"

/* DW_OP_fbreg, and nothing else. */
static bool is_in_frame(struct found *f)
{
	struct wasm_slice s = f->location.bytes;
	struct wasm_reader r = { s.p, s.p + s.n, false, NULL };

	if (!s.p || wasm_read_byte(&r) != DW_OP_fbreg)
		return false;
	f->offset = (int64_t)wasm_read_leb(&r, 33, true);
	return f->offset >= 0 && !r.bad && r.p == r.end;
}

/* A structure of which all members are known, and which is not too large? */
static bool is_whole(const struct types *t, uint32_t type)
{
	return type < t->n && t->list[type].kind == TYPE_STRUCTURE &&
	       !t->list[type].is_partial && t->list[type].used;
}

/* False: it is none that could be in locals. */
static bool read_structure(struct found *f, const struct dwarf_unit *u,
			   struct locals *l, const struct dwarf_value *type)
{
	uint32_t is = types_read(&l->types, u, &l->names, type, true);
	uint32_t n = types_strip(&l->types, is);

	if (!is_whole(&l->types, n))
		return false;
	f->is = is;
	f->structure = n;
	f->type = (struct local_type){ .class = LOCAL_UNSIGNED, .size = 8 };
	if (local_is_size(l->types.list[n].size))
		f->type.size = (uint8_t)l->types.list[n].size;
	f->constant.is_set = false;
	return true;
}

void found_read(struct found *f, const struct dwarf_unit *u, struct locals *l,
		bool has_frame, const struct dwarf_die *die,
		const struct dwarf_die *origin)
{
	*f = (struct found){ .location = die->location,
			     .constant = die->const_value,
			     .structure = TYPE_NONE };
	f->in_memory = has_frame && is_in_frame(f);
	f->is = types_read(&l->types, u, &l->names, &origin->type, false);
	if (!f->in_memory && (local_type_read(u, &origin->type, &f->type) ||
			      read_structure(f, u, l, &origin->type)))
		return;
	f->type = (struct local_type){ .is_pointer = true,
				       .in_memory = f->is < l->types.n };
	if (!f->in_memory) /* debuggers say that it is nowhere */
		*f = (struct found){ .is = f->is, .type = f->type,
				     .structure = TYPE_NONE };
}
