/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inlined.h: the variables of inlined functions, which debuggers are told of by
 * function, also of those that no instance has anywhere.
 */
#ifndef TRANSLATE_INLINED_H
#define TRANSLATE_INLINED_H

#include "buffer.h"
#include "locals.h"
#include "scopes.h"

struct inlined {
	const struct scopes *scopes;
	struct inlined_var *vars;
	size_t nvars, room;
	bool failed; /* no memory */
};

/* The inlined function that a scope is in, or NO_SCOPE. */
uint32_t inlined_function(const struct scopes *scopes, uint32_t scope);

/* A variable whose node of metadata is this one; not of an inlined function:
 * nothing happens. */
void inlined_note(struct inlined *in, const struct local_var *var, uint32_t node);

/* A node for each function: lists[its first scope] is the node's number, or
 * NODE_NONE. */
void inlined_put(struct inlined *in, const uint32_t *lists, struct buffer *out);

void inlined_free(struct inlined *in);

#endif
