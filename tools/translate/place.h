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

/* *global: which one, of PLACE_BASED. */
enum place_kind place_read(const struct dwarf_unit *u,
			   const struct dwarf_value *location, uint32_t *global);

#endif
