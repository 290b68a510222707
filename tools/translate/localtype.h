/* SPDX-License-Identifier: Apache-2.0 */
/* localtype.h: types of DWARF, as far as C of 64 bits can tell them. */
#ifndef TRANSLATE_LOCALTYPE_H
#define TRANSLATE_LOCALTYPE_H

#include "dwarf.h"
#include "interned.h"

enum local_class { LOCAL_SIGNED, LOCAL_UNSIGNED, LOCAL_BOOL, LOCAL_CHAR,
		   LOCAL_FLOAT, LOCAL_VOID, LOCAL_STRUCT, LOCAL_UNION };

/* A type that can be told in C of 64 bits: a number, or a pointer to a number,
 * to a structure of some name, or to anything. */
struct local_type {
	uint8_t class;	 /* of the thing or of what it points to */
	uint8_t size;	 /* of the number */
	bool is_pointer;
	bool in_memory;	 /* the thing is; what C has of it is a pointer */
	uint32_t length; /* in memory: of an array of such numbers; 0: it is none */
	uint32_t tag;	 /* name of the structure: index in names */
};

/* A name that C could have. */
bool local_is_name(struct wasm_slice s);

/* What a type is without its names and qualifiers, and the last of its names, which may
 * be none; alias may be NULL. False: void or damaged. */
bool local_type_strip(const struct dwarf_unit *u, const struct dwarf_value *type,
		      struct dwarf_die *ret, struct dwarf_value *alias);

/* The type of a variable that is a number or a pointer; false: it is neither.
 * Names of structures are added to names. */
bool local_type_read(const struct dwarf_unit *u, struct interned *names,
		     const struct dwarf_value *type, struct local_type *ret);

/* That of a pointer to a variable, or to the first element of an array. */
void local_type_of_memory(const struct dwarf_unit *u, struct interned *names,
			  const struct dwarf_value *type,
			  struct local_type *ret);

#endif
