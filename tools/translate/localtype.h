/* SPDX-License-Identifier: Apache-2.0 */
/* localtype.h: types of DWARF, as far as C of 64 bits can tell them. */
#ifndef TRANSLATE_LOCALTYPE_H
#define TRANSLATE_LOCALTYPE_H

#include "dwarf.h"
#include "interned.h"
#include "locals.h"

/* A name that C could have. */
bool local_is_name(struct wasm_slice s);

/* The type of a variable that is a number or a pointer; false: it is neither.
 * Names of structures are added to names. */
bool local_type_read(const struct dwarf_unit *u, struct interned *names,
		     const struct dwarf_value *type, struct local_type *ret);

/* That of a pointer to a variable, or to the first element of an array. */
void local_type_of_memory(const struct dwarf_unit *u, struct interned *names,
			  const struct dwarf_value *type,
			  struct local_type *ret);

#endif
