/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h: a debug record of LLVM's text form, which tells where a variable is from
 * there on: "value(i32 %3, !7, !DIExpression(DW_OP_stack_value), !9)".
 */
#ifndef TRANSLATE_RECORD_H
#define TRANSLATE_RECORD_H

#include "locals.h"
#include "nodes.h"

struct record {
	struct text value; /* "value(i32 %3, " */
	uint32_t variable; /* a node */
	struct text operations;
	struct text location; /* "!9" */
};

/* A line behind "#dbg_"; false: it is of another form. */
bool record_read(struct text line, struct record *ret);

/* In front of such a line. */
#define RECORD "\n    #dbg_"

/* It, as one of that variable of the guest, which is l's; a piece: of the whole, whose node
 * is in rec. */
void record_put(const struct record *rec, const struct locals *l,
		const struct local_var *var, struct buffer *out);

#endif
