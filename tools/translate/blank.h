/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blank.h: attributes of DWARF that are about code, or about sections that are not
 * there, become none.
 */
#ifndef TRANSLATE_BLANK_H
#define TRANSLATE_BLANK_H

#include "buffer.h"
#include "wasm.h"

/* Is it such an attribute? */
bool blank_has(uint64_t attribute);

/* Is it a form of references to other entries? */
bool blank_is_ref(uint64_t form);

/* Append .debug_abbrev without them. True: all references that count from their
 * unit's start have 4 bytes in .debug_info, and are, by what is appended, to count
 * from the section's start. */
bool blank_abbrevs(struct wasm_slice abbrev, struct buffer *ret);

#endif
