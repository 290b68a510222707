/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inlined.h: the variables of inlined functions, which debuggers are told of by
 * function, also of those that no instance has anywhere: what they are not told of
 * they would take for another variable of that name.
 */
#ifndef TRANSLATE_INLINED_H
#define TRANSLATE_INLINED_H

#include "locals.h"
#include "typenodes.h"

/* One that has a node of metadata. */
struct inlined_function {
	uint32_t scope; /* the first of its kin */
	uint32_t node, file;
	uint32_t list; /* of its variables: a node that inlined_put() makes */
};

struct inlined {
	const struct scopes *scopes;
	const struct locals *locals; /* NULL: none */
	struct type_nodes *types;
	struct inlined_function *functions;
	struct inlined_var *vars;
	size_t nfunctions, room_functions, nvars, room_vars;
	bool failed; /* no memory */
};

/* The inlined function that a scope is in, or NO_SCOPE. */
uint32_t inlined_function(const struct scopes *scopes, uint32_t scope);

/* A function, once. */
void inlined_add(struct inlined *in, struct inlined_function f);

/* A variable whose node of metadata is this one; not of an inlined function:
 * nothing happens. */
void inlined_note(struct inlined *in, const struct local_var *var, uint32_t node);

/* The lists of all functions. */
void inlined_put(struct inlined *in, struct new_nodes *nodes);

void inlined_free(struct inlined *in);

#endif
