/* SPDX-License-Identifier: Apache-2.0 */
/* scopenodes.h: functions, blocks and files as nodes of LLVM's metadata. */
#ifndef TRANSLATE_SCOPENODES_H
#define TRANSLATE_SCOPENODES_H

#include "globals.h"
#include "inlined.h"
#include "marks.h"
#include "nodes.h"
#include "typenodes.h"

/* The metadata of a unit, while metadata.c rewrites it. */
struct rewriting {
	const struct marks *marks;
	const struct wasm_module *m;
	const struct globals *globals;
	char **names; /* of functions */
	struct text *nodes; /* by number */
	uint32_t nnodes;
	uint32_t unit; /* the node of the compile unit that was there */
	struct new_nodes new;
	bool failed; /* no memory */
	/* Nodes that were made, or NODE_NONE. */
	uint32_t *unit_nodes; /* by unit of globals.h: unitnodes.h makes them */
	uint32_t *scope_nodes; /* by scope: the function or the block */
	uint32_t *call_nodes; /* by scope: where an inlined function is called */
	uint32_t *body_nodes; /* by function's node: the block that all of it is in */
	uint32_t *record_nodes; /* by scope: locations of its variables' records */
	uint32_t *file_nodes; /* by file of lines.h */
	uint32_t *var_nodes; /* by variable of locals.h: its own, which was there */
	uint32_t *owners; /* by node: the function that it is the variables of */
	struct type_nodes types;
	struct inlined inlined; /* functions, and their variables */
};

/* What a location refers to. */
struct scope_place {
	uint32_t scope, call; /* nodes; call: or NODE_NONE */
	uint32_t file;	      /* of the scope, by number in lines.h */
};

/* The node of that number, without "!7 = " and "distinct ". */
struct text scope_text(const struct rewriting *r, uint32_t n);

/* The function that a scope is in; NODE_NONE if it is in none. */
uint32_t scope_function(const struct rewriting *r, uint32_t scope);

/* Of "!DISubprogram(name: "w2c_guest_f7", ..."; NODE_NONE: of something else. */
uint32_t scope_function_number(struct text t);

/* Its number among the bodies, or NODE_NONE. */
uint32_t scope_body(const struct rewriting *r, uint32_t function);

/* Where the function that a node is of is declared, or else begins. */
struct scope_line scope_declared(const struct rewriting *r, uint32_t function);

/* The compile unit that is a unit of globals.h; NO_UNIT: the one that was there. */
uint32_t scope_unit(struct rewriting *r, uint32_t unit);

/* A file of lines.h, or NO_FILE: the unit's that was there. */
uint32_t scope_file(struct rewriting *r, uint32_t file);

/* A scope in a function that is a node; NO_SCOPE: its own variables' and code's. */
struct scope_place scope_place(struct rewriting *r, uint32_t scope, uint32_t function);

/* A location's scope, when the line is in that file. */
uint32_t scope_in_file(struct rewriting *r, const struct scope_place *place,
		       uint32_t file);

/* Of a location: where its function was put into another one; call: or NODE_NONE. */
void scope_put_call(struct buffer *out, uint32_t call);

#endif
