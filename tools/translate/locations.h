/* SPDX-License-Identifier: Apache-2.0 */
/* locations.h: DWARF's lists of where a variable is. */
#ifndef TRANSLATE_LOCATIONS_H
#define TRANSLATE_LOCATIONS_H

#include "dwarf.h"

typedef void locations_visit(void *arg, uint64_t from, uint64_t to,
			     struct wasm_slice expression);

/* Calls visit for each entry of the list at that offset of the unit's section.
 * *effort, in bytes, is what may be read, and becomes less. */
void locations_read(const struct dwarf_unit *u, uint64_t offset,
		    uint64_t *effort, locations_visit *visit, void *arg);

#endif
