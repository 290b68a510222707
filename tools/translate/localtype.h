/* SPDX-License-Identifier: Apache-2.0 */
/* localtype.h: types of DWARF, as far as the C of 64 bits that we compile needs them. */
#ifndef TRANSLATE_LOCALTYPE_H
#define TRANSLATE_LOCALTYPE_H

#include "dwarf.h"
#include "interned.h"

enum local_class { LOCAL_SIGNED, LOCAL_UNSIGNED, LOCAL_BOOL, LOCAL_CHAR,
		   LOCAL_FLOAT };

/* A number, or a pointer to anything. */
struct local_type {
	uint8_t class;	 /* of the number */
	uint8_t size;	 /* in bytes */
	bool is_pointer;
	bool in_memory;	 /* the thing is; what C has of it is a pointer */
};

/* A name that C could have. */
bool local_is_name(struct wasm_slice s);

/* Has a number of C so many bytes? */
bool local_is_size(uint64_t size);

/* Of a number's or an enumeration's entry; false: it is neither. */
bool local_type_of_number(const struct dwarf_unit *u, const struct dwarf_die *die,
			  struct local_type *ret);

/* The type of a variable that is a number or a pointer; false: it is neither. */
bool local_type_read(const struct dwarf_unit *u, const struct dwarf_value *type,
		     struct local_type *ret);

#endif
