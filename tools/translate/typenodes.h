/* SPDX-License-Identifier: Apache-2.0 */
/* typenodes.h: types of variables as nodes of LLVM's metadata. */
#ifndef TRANSLATE_TYPENODES_H
#define TRANSLATE_TYPENODES_H

#include "locals.h"
#include "nodes.h"

/* The type of a variable, or what is in memory: the node. */
uint32_t type_node(const struct locals *l, const struct local_type *t,
		   struct new_nodes *nodes);

/* A structure with its members; made: the nodes that there are, by structure, or
 * NODE_NONE. */
uint32_t type_node_structure(const struct locals *l, uint32_t structure, uint32_t *made,
			     struct new_nodes *nodes);

#endif
