// SPDX-License-Identifier: Apache-2.0
/* localtype.c: types of DWARF in C of 64 bits, see localtype.h. */
#include <ctype.h>

#include "localtype.h"

#define MAX_HOPS 16 /* names and qualifiers of a type */

bool local_is_name(struct wasm_slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!isalnum(s.p[i]) && s.p[i] != '_')
			return false;
	return s.n && s.n < 200 && !isdigit(s.p[0]);
}

bool local_is_size(uint64_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

/* What a type is without its names and qualifiers; false: void or damaged. */
static bool strip(const struct dwarf_unit *u, const struct dwarf_value *type,
		  struct dwarf_die *ret)
{
	struct dwarf_value v = *type;
	unsigned int i;

	for (i = 0; i < MAX_HOPS && v.is_set && dwarf_die_at(u, v.u, ret); i++) {
		switch (ret->tag) {
		case DW_TAG_typedef: case DW_TAG_const_type:
		case DW_TAG_volatile_type: case DW_TAG_restrict_type:
		case DW_TAG_atomic_type:
			v = ret->type;
			break;
		default:
			return true;
		}
	}
	return false;
}

bool local_type_of_number(const struct dwarf_unit *u, const struct dwarf_die *die,
			  struct local_type *ret)
{
	static const uint8_t classes[] = {
		[DW_ATE_boolean] = LOCAL_BOOL,
		[DW_ATE_float] = LOCAL_FLOAT,
		[DW_ATE_signed] = LOCAL_SIGNED,
		[DW_ATE_signed_char] = LOCAL_CHAR,
		[DW_ATE_unsigned] = LOCAL_UNSIGNED,
		[DW_ATE_unsigned_char] = LOCAL_UNSIGNED,
	};
	uint64_t size = die->byte_size.u, encoding = die->encoding.u;
	struct dwarf_die base;

	if (die->tag == DW_TAG_enumeration_type)
		encoding = strip(u, &die->type, &base) &&
			   base.tag == DW_TAG_base_type ?
			   base.encoding.u : DW_ATE_unsigned;
	else if (die->tag != DW_TAG_base_type)
		return false;
	if (encoding >= sizeof(classes) || encoding < 2 || encoding == 3 ||
	    !local_is_size(size))
		return false;
	ret->class = classes[encoding];
	ret->size = (uint8_t)size;
	return ret->class == LOCAL_FLOAT ? size >= 4 :
	       ret->class == LOCAL_BOOL || ret->class == LOCAL_CHAR ?
	       size == 1 : true;
}

bool local_type_read(const struct dwarf_unit *u, const struct dwarf_value *type,
		     struct local_type *ret)
{
	struct dwarf_die die;

	*ret = (struct local_type){ 0 };
	if (!strip(u, type, &die))
		return false;
	ret->is_pointer = die.tag == DW_TAG_pointer_type;
	return ret->is_pointer || local_type_of_number(u, &die, ret);
}
