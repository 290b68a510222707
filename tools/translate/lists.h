/* SPDX-License-Identifier: Apache-2.0 */
/* lists.h: DWARF's lists of ranges of code, and of where a variable is in them. */
#ifndef TRANSLATE_LISTS_H
#define TRANSLATE_LISTS_H

#include "dwarf.h"

/* From one address up to another one; place: of variables, a DWARF expression. */
typedef void lists_visit(void *arg, uint64_t from, uint64_t to,
			 struct wasm_slice place);

/*
 * Call visit for each entry of a list, at that offset of the unit's section.
 * *effort, in bytes, is what may be read, and becomes less.
 */
void lists_read_places(const struct dwarf_unit *u, uint64_t offset,
		       uint64_t *effort, lists_visit *visit, void *arg);
void lists_read_ranges(const struct dwarf_unit *u, uint64_t offset,
		       uint64_t *effort, lists_visit *visit, void *arg);

#endif
