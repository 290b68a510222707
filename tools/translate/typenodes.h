/* SPDX-License-Identifier: Apache-2.0 */
/*
 * typenodes.h: types of variables as nodes of LLVM's metadata.
 *
 * LLVM knows no pointers of 4 bytes here. One is an enumeration without enumerators for
 * it, which debuggers are told more about in the end (pointers.h).
 */
#ifndef TRANSLATE_TYPENODES_H
#define TRANSLATE_TYPENODES_H

#include "nodes.h"
#include "types.h"

#define TYPE_COPIES 4 /* of a type, see typenodes.c */

struct type_nodes {
	struct type_whole *wholes; /* structures whose members are not told yet */
	size_t nwholes, room_wholes;
	bool failed; /* no memory */
	const struct types *types; /* NULL: none */
	const struct interned *names;
	uint32_t *made; /* by type and copy: its node, or NODE_NONE */
	struct new_nodes *out;
	bool is_copy;
};

/* A type: its node; NODE_NONE: void. */
uint32_t type_node(struct type_nodes *t, uint32_t type);

/* The type of a variable in no memory: a pointer has 64 bits there. */
uint32_t type_node_of_value(struct type_nodes *t, uint32_t type);

/* Of a function that returns that. */
uint32_t type_node_of_function(struct type_nodes *t, uint32_t result);

/* The members of all structures that were made: of those that may have pointers to
 * themselves. */
void type_nodes_finish(struct type_nodes *t);

#endif
