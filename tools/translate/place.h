/* SPDX-License-Identifier: Apache-2.0 */
/* place.h: where DWARF says that a variable is, if that is an address in memory. */
#ifndef TRANSLATE_PLACE_H
#define TRANSLATE_PLACE_H

#include <stdint.h>

#include "dwarf.h"

enum place_kind {
	PLACE_NONE,   /* nowhere, in a local, on the stack, or damaged */
	PLACE_STATIC, /* DW_OP_addr[x] */
	PLACE_BASED,  /* DW_OP_WASM_location GLOBAL, DW_OP_addr[x], DW_OP_plus */
};

/* Of PLACE_BASED, what is before and behind the address. */
#define PLACE_BEFORE 6u
#define PLACE_BEHIND 1u

struct place {
	enum place_kind kind;
	uint32_t global; /* which one, of PLACE_BASED */
	uint32_t address; /* from where that one tells, or from 0 */
	bool is_all; /* nothing is behind it */
	bool is_gone; /* of PLACE_NONE: the linker has left out what was there */
};

struct place place_read(const struct dwarf_unit *u, const struct dwarf_value *location);

/* The number of the global that tells where a module's data is; UINT32_MAX: its data is at
 * a fixed place. */
uint32_t place_memory_base(const struct wasm_module *m);

#endif
