// SPDX-License-Identifier: Apache-2.0
/* blank.c: changes DWARF's tables of abbreviations, see blank.h. */
#include "blank.h"
#include "dwarf.h"

#define NO_ATTRIBUTE 0x06 /* a number that DWARF does not use */

bool blank_is_ref(uint64_t form)
{
	return form >= DW_FORM_ref_addr && form <= DW_FORM_ref_udata;
}

/* Ranges of code, lines, files, macros, siblings. */
bool blank_has(uint64_t at)
{
	static const uint16_t attributes[] = {
		DW_AT_sibling, DW_AT_stmt_list, DW_AT_low_pc, DW_AT_high_pc,
		DW_AT_decl_file, DW_AT_macro_info, DW_AT_entry_pc, DW_AT_ranges,
		DW_AT_rnglists_base, DW_AT_macros, DW_AT_loclists_base,
		DW_AT_GNU_macros
	};
	size_t i;

	for (i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (attributes[i] == at)
			return true;
	return false;
}

/* An attribute of a table of abbreviations, and where it is written. */
struct spec {
	uint64_t at, form;
	uint8_t *at_bytes, *form_bytes;
	size_t at_size, form_size;
};

/* False at the end of an entry's attributes. */
static bool read_spec(struct wasm_reader *r, struct spec *s)
{
	s->at_bytes = (uint8_t *)r->p;
	s->at = wasm_read_leb(r, 64, false);
	s->form_bytes = (uint8_t *)r->p;
	s->form = wasm_read_leb(r, 64, false);
	s->at_size = (size_t)(s->form_bytes - s->at_bytes);
	s->form_size = (size_t)(r->p - s->form_bytes);
	if (s->form == DW_FORM_implicit_const)
		wasm_read_leb(r, 64, true);
	return (s->at || s->form) && !r->bad;
}

/* Calls change for each; false if the tables are damaged. */
static bool each_spec(struct buffer *abbrev,
		      void (*change)(bool *only_ref4, const struct spec *s),
		      bool *only_ref4)
{
	struct wasm_reader r = { abbrev->p, abbrev->p + abbrev->n, false,
				 NULL };
	struct spec s;

	while (r.p < r.end && !r.bad) {
		if (!wasm_read_leb(&r, 64, false))
			continue;
		wasm_read_leb(&r, 64, false);
		wasm_read_byte(&r);
		while (!r.bad && read_spec(&r, &s))
			change(only_ref4, &s);
	}
	return !r.bad;
}

/*
 * The attribute's name becomes NO_ATTRIBUTE, so that who meets it skips it by
 * its form; and a form that refers to a list of ranges or locations, which gdb
 * looks up even then, a plain number.
 */
static void blank_spec(bool *only_ref4, const struct spec *s)
{
	if (blank_has(s->at))
		buffer_set_leb(s->at_bytes, s->at_size, NO_ATTRIBUTE);
	if (s->form == DW_FORM_loclistx || s->form == DW_FORM_rnglistx)
		buffer_set_leb(s->form_bytes, s->form_size, DW_FORM_udata);
	if ((blank_is_ref(s->form) && s->form != DW_FORM_ref4 &&
	     s->form != DW_FORM_ref_addr) || s->form == DW_FORM_indirect)
		*only_ref4 = false;
}

static void count_from_section(bool *only_ref4, const struct spec *s)
{
	(void)only_ref4;
	if (s->form == DW_FORM_ref4)
		buffer_set_leb(s->form_bytes, s->form_size, DW_FORM_ref_addr);
}

bool blank_abbrevs(struct wasm_slice in, struct buffer *out)
{
	bool only_ref4 = true;

	buffer_put(out, in.p, in.n);
	if (out->failed || !each_spec(out, blank_spec, &only_ref4) ||
	    !only_ref4)
		return false;
	return each_spec(out, count_from_section, &only_ref4);
}
