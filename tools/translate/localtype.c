// SPDX-License-Identifier: Apache-2.0
/* localtype.c: types of DWARF in C of 64 bits, see localtype.h. */
#include <ctype.h>
#include <string.h>

#include "localtype.h"

#define MAX_HOPS 16 /* names and qualifiers of a type */
#define MAX_LENGTH (1u << 28) /* of an array in the guest's memory */

bool local_is_name(struct wasm_slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!isalnum(s.p[i]) && s.p[i] != '_')
			return false;
	return s.n && s.n < 200 && !isdigit(s.p[0]);
}

bool local_type_strip(const struct dwarf_unit *u, const struct dwarf_value *type,
		      struct dwarf_die *ret, struct dwarf_value *alias)
{
	struct dwarf_value v = *type;
	unsigned int i;

	if (alias)
		*alias = (struct dwarf_value){ 0 };
	for (i = 0; i < MAX_HOPS && v.is_set && dwarf_die_at(u, v.u, ret); i++) {
		if (alias && ret->tag == DW_TAG_typedef)
			*alias = ret->name;
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

static bool number_type(const struct dwarf_unit *u, const struct dwarf_die *die,
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
		encoding = local_type_strip(u, &die->type, &base, NULL) &&
			   base.tag == DW_TAG_base_type ?
			   base.encoding.u : DW_ATE_unsigned;
	else if (die->tag != DW_TAG_base_type)
		return false;
	if (encoding >= sizeof(classes) || encoding < 2 || encoding == 3 ||
	    (size != 1 && size != 2 && size != 4 && size != 8))
		return false;
	ret->class = classes[encoding];
	ret->size = (uint8_t)size;
	return ret->class == LOCAL_FLOAT ? size >= 4 :
	       ret->class == LOCAL_BOOL || ret->class == LOCAL_CHAR ?
	       size == 1 : true;
}

/* The type of what points to something of this type. */
static void pointer_type(const struct dwarf_unit *u, struct interned *names,
			 const struct dwarf_value *type, struct local_type *ret)
{
	struct local_type number = { 0 };
	struct dwarf_die to;

	*ret = (struct local_type){ .class = LOCAL_VOID, .is_pointer = true };
	if (!local_type_strip(u, type, &to, NULL))
		return;
	if (to.tag == DW_TAG_pointer_type) {
		ret->class = LOCAL_UNSIGNED; /* as wide as in the guest */
		ret->size = 4;
	} else if ((to.tag == DW_TAG_structure_type ||
		    to.tag == DW_TAG_union_type) &&
		   local_is_name(to.name.bytes)) {
		ret->class = to.tag == DW_TAG_union_type ? LOCAL_UNION :
						      LOCAL_STRUCT;
		ret->tag = interned_add(names, to.name.bytes);
	} else if (number_type(u, &to, &number)) {
		ret->class = number.class;
		ret->size = number.size;
	}
}

bool local_type_read(const struct dwarf_unit *u, struct interned *names,
		     const struct dwarf_value *type, struct local_type *ret)
{
	struct dwarf_die die;

	memset(ret, 0, sizeof(*ret));
	if (!local_type_strip(u, type, &die, NULL))
		return false;
	if (die.tag != DW_TAG_pointer_type)
		return number_type(u, &die, ret);
	pointer_type(u, names, &die.type, ret);
	return true;
}

void local_type_of_memory(const struct dwarf_unit *u, struct interned *names,
			  const struct dwarf_value *type,
			  struct local_type *ret)
{
	struct dwarf_die die;
	bool is_array = local_type_strip(u, type, &die, NULL) &&
			die.tag == DW_TAG_array_type;
	uint64_t length;

	pointer_type(u, names, is_array ? &die.type : type, ret);
	if (is_array && ret->size) { /* of numbers, whose size is known here */
		length = dwarf_array_length(u, &die);
		ret->length = length < MAX_LENGTH ? (uint32_t)length : 0;
	}
	ret->in_memory = ret->class != LOCAL_VOID && (!is_array || ret->length);
}
