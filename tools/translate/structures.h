/* SPDX-License-Identifier: Apache-2.0 */
/*
 * structures.h: structures and unions that variables in locals of wasm are, with all of
 * their members, as DWARF tells them. Larger ones are in memory, or in pieces that may be gone one
 * by one, of which lldb takes those that are nowhere for zeros.
 */
#ifndef TRANSLATE_STRUCTURES_H
#define TRANSLATE_STRUCTURES_H

#include "localtype.h"

#define NO_STRUCTURE UINT32_MAX
#define NO_NAME UINT32_MAX
#define STRUCTURE_MAX 8 /* bytes */

struct structure_member {
	uint32_t name;	    /* index in names; NO_NAME: its members are its structure's */
	uint32_t offset;    /* bits */
	uint32_t bits;	    /* of a bit field, else 0 */
	uint32_t length;    /* of an array of these, else 0 */
	uint32_t structure; /* or NO_STRUCTURE: */
	struct local_type type; /* a number, as wide as in the guest */
};

struct structure {
	uint64_t entry; /* in .debug_info */
	uint32_t name;	/* its tag or its type's name: index in names, or NO_NAME */
	uint32_t size;	/* bytes */
	uint32_t first, n; /* members */
	uint64_t used; /* the bits that they have */
	bool is_union;
};

/* Zeroed before the first one. */
struct structures {
	struct structure *list; /* those in others come behind them */
	struct structure_member *members;
	size_t n, room, nmembers, room_members;
	bool failed; /* no memory */
};

/* The structure that a type is, as an index in the list; NO_STRUCTURE: it is none, or not
 * as large as a number, or damaged. Names are added to names. */
uint32_t structures_read(struct structures *s, const struct dwarf_unit *u,
			 struct interned *names, const struct dwarf_value *type);

void structures_free(struct structures *s);

#endif
