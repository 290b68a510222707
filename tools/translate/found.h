/* SPDX-License-Identifier: Apache-2.0 */
/* found.h: a variable as its entry in .debug_info tells of it. */
#ifndef TRANSLATE_FOUND_H
#define TRANSLATE_FOUND_H

#include "locals.h"

/* What is not said in locals.h. */
struct found {
	uint32_t is;
	struct local_type type;
	struct dwarf_value location, constant;
	uint32_t structure;
	bool is_param;	/* of the function itself: the caller's */
	bool in_memory; /* at this offset in the frame: */
	int64_t offset;
};

/* From an entry, and the one that has its name and type; types and names are added to
 * l's. has_frame: the function has one in memory. */
void found_read(struct found *f, const struct dwarf_unit *u, struct locals *l,
		bool has_frame, const struct dwarf_die *die,
		const struct dwarf_die *origin);

#endif
