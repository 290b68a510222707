/* SPDX-License-Identifier: Apache-2.0 */
/*
 * locals.h: where the parameters and variables of a module's functions are.
 *
 * A variable of C is in a local of wasm (or is a constant) while the code
 * between two addresses is executed, as the DWARF tells, for as long as that local has
 * nothing else (webs.h), or is the sum of that and a constant, or the like
 * (expression.h). What LLVM tells too early is left out (early.h). One that is in
 * memory, in the function's frame, is known by its address. A small structure in a local is
 * a number; one whose pieces are in several ones has variables of those behind it. Those of
 * blocks, and of functions that were put into this one, are told with the scope that they
 * are in.
 */
#ifndef TRANSLATE_LOCALS_H
#define TRANSLATE_LOCALS_H

#include "scopes.h"
#include "types.h"

struct local_var {
	uint32_t name; /* index in names */
	uint32_t is;   /* its type in the guest's C: index in types */
	struct local_type type; /* in ours */
	uint32_t param; /* which parameter of wasm it is at first, or ~0 */
	uint32_t scope; /* that it is in, or NO_SCOPE: the function's */
	uint32_t number; /* of a parameter, also of a function that was put into this one,
			  * from 1; else 0 */
	uint32_t line;	 /* where it is declared, in the scope's file */
	uint32_t offset; /* in the function's frame, if it is there */
	uint32_t structure; /* that it is, of up to 64 bytes, or TYPE_NONE; its type is a
			     * number then */
	uint32_t whole;	    /* the structure that it is a piece of; else itself */
	uint32_t at;	    /* of a piece: where in the structure, in bytes */
};

enum local_kind { LOCAL_ENDS, LOCAL_IN, LOCAL_IS, LOCAL_AT };

/* From this address on a variable is in a local, is a number, is in memory, or is
 * nowhere. */
struct local_event {
	uint32_t address; /* in the code section */
	uint32_t var;	  /* index in vars */
	uint64_t value;	  /* which local, or the number; LOCAL_AT: which one has the
			   * frame's address */
	struct wasm_slice steps; /* LOCAL_IN: done to what is in the local, */
	bool is_wide;		 /* which has 64 bits */
	enum local_kind kind;
};

/* Of one function. */
struct local_part {
	uint32_t first_var, nvars;
	uint32_t first_event, nevents; /* by address */
	uint32_t nparams;	       /* of C */
	bool has_result;	       /* of this type: */
	struct local_type result;
	uint32_t result_is; /* index in types */
};

/* A variable of a function that is put into others, whether or not any of those
 * knows where it is; also one of its blocks. No two of a function have one name. */
struct local_abstract {
	uint32_t function; /* the entry of the function */
	uint32_t name;	   /* index in names */
	uint32_t is;	   /* its type: index in types */
	uint32_t number; /* of a parameter, from 1; else 0 */
	uint32_t line;
};

struct locals {
	struct local_var *vars;
	struct local_abstract *abstract; /* by function */
	struct local_event *events;
	struct local_part *parts; /* by number of body */
	struct interned names;
	struct types types;
	size_t nvars, nevents, nabstract;
};

/*
 * From debug, which is m or has the same code, and of which the scopes are. Cannot
 * fail: what is damaged is left out. locals_free() afterwards.
 */
void locals_read(const struct wasm_module *debug, const struct wasm_module *m,
		 const struct scopes *scopes, struct locals *ret);
void locals_free(struct locals *l);

/* Is it no more than a part of what the guest has? */
bool locals_is_piece(const struct locals *l, const struct local_var *var);

/* Of a piece: the bytes of the whole that no member and no piece has, a bit each. */
uint64_t locals_padding(const struct locals *l, const struct local_var *var);

#endif
