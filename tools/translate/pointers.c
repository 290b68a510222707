// SPDX-License-Identifier: Apache-2.0
/* pointers.c: pointers of 4 bytes in two sections .debug_abbrev, see pointers.h. */
#include "buffer.h"
#include "dwarf.h"
#include "object.h"
#include "pointers.h"

/* One abbreviation: where it is in the section. */
struct abbreviation {
	size_t tag, type; /* their first byte; type: 0, if it has none */
	bool is_pointer, is_vector;
};

/* The next one of any table. */
static bool read_next(struct wasm_reader *r, const uint8_t *start,
		      struct abbreviation *ret)
{
	uint64_t code = 0, tag, name, form;

	while (!code && !r->bad)
		code = wasm_read_leb(r, 64, false); /* 0: a table's end */
	*ret = (struct abbreviation){ .tag = (size_t)(r->p - start) };
	tag = wasm_read_leb(r, 16, false);
	ret->is_pointer = wasm_read_byte(r) == DW_CHILDREN_no &&
			  tag == DW_TAG_enumeration_type;
	do {
		size_t at = (size_t)(r->p - start);

		name = wasm_read_leb(r, 16, false);
		form = wasm_read_leb(r, 16, false);
		if (form == DW_FORM_implicit_const)
			wasm_read_leb(r, 64, true);
		if (name == DW_AT_type)
			ret->type = at;
		ret->is_vector |= name == DW_AT_GNU_vector;
	} while (!r->bad && (name || form));
	return !r->bad;
}

/* Both tags and both attributes have one byte. */
static void tell_apart(uint8_t *first, uint8_t *last, size_t n)
{
	struct wasm_reader r = { last, last + n, false, NULL };
	struct abbreviation a;

	while (read_next(&r, last, &a)) {
		if (a.is_vector)
			last[a.tag] = DW_TAG_const_type;
		if (!a.is_pointer)
			continue;
		last[a.tag] = DW_TAG_pointer_type;
		if (a.type)
			first[a.type] = DW_AT_containing_type;
	}
}

static int finish(struct object *o, struct failure *failure)
{
	const Elf64_Shdr *section = object_section(o, ".debug_abbrev");
	struct buffer last = { 0 };
	int err;

	if (!section)
		return 0;
	buffer_put(&last, o->p + section->sh_offset, section->sh_size);
	if (!last.failed)
		tell_apart((uint8_t *)o->p + section->sh_offset, last.p, last.n);
	err = object_append(o, ".debug_abbrev", &last, failure);
	buffer_free(&last);
	return err;
}

int pointers_finish(const char *dir, const char *so, struct failure *failure)
{
	struct object o;
	int err = object_map(&o, dir, so, failure);

	if (!err)
		err = finish(&o, failure);
	return object_unmap(&o, err, failure);
}
