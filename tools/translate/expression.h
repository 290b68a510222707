/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expression.h: DWARF's expressions, as far as they are a number, or what one
 * local of wasm has, with constants added to it, masked and the like. All that is
 * done to a local here does not depend on how wide it is taken to be: the lower
 * bits of the result are right.
 */
#ifndef TRANSLATE_EXPRESSION_H
#define TRANSLATE_EXPRESSION_H

#include "buffer.h"
#include "locals.h"

struct expression {
	enum local_kind kind;	 /* LOCAL_IN or LOCAL_IS */
	uint64_t value;		 /* which local, or the number */
	struct wasm_slice steps; /* LOCAL_IN: what is done to it, if anything */
	uint64_t mask; /* bits that are not in it are 0 in the result */
};

/* False: it is none of these, or damaged. */
bool expression_read(struct wasm_slice s, struct expression *ret);

/* Is it all of a variable of that type? local: type of the local that it is made of, or
 * 0. */
bool expression_is_all(const struct expression *e, unsigned int local,
		       const struct local_type *t);

/*
 * Takes the first piece off an expression: where it is, which may be empty for nowhere,
 * and how many bytes it has, or 0: the expression is of all of the variable. False:
 * there is no more of it, or something that is not known here.
 */
bool expression_piece(struct wasm_slice *rest, struct wasm_slice *place,
		      uint64_t *size);

/* C: the steps of an expression, done to this operand of 32 or 64 bits, without
 * a change of its type: gdb does not add numbers of two types. */
void expression_put(struct wasm_slice steps, const char *operand, bool is_wide,
		    struct buffer *out);

#endif
