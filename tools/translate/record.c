// SPDX-License-Identifier: Apache-2.0
/* record.c: debug records of LLVM's text form, see record.h. */
#include <string.h>

#include "record.h"

bool record_read(struct text line, struct record *ret)
{
	static const char behind[] = ", !DIExpression(";
	const char *last = line.p + line.n, *at;
	struct text rest = text_field(line, behind);
	const char *end = rest.n ? memchr(rest.p, ')', (size_t)(last - rest.p)) : NULL;

	ret->location = text_field((struct text){ end, end ? (size_t)(last - end) : 0 },
				   "), ");
	if (!ret->location.n)
		return false;
	ret->operations = (struct text){ rest.p, (size_t)(end - rest.p) };
	rest.p -= strlen(behind);
	for (at = rest.p; at > line.p && at[-1] >= '0' && at[-1] <= '9';)
		at--;
	ret->variable = text_number((struct text){ at, (size_t)(rest.p - at) });
	if (at == line.p || at[-1] != '!' || ret->variable == NODE_NONE)
		return false;
	ret->value = (struct text){ line.p, (size_t)(at - 1 - line.p) };
	return true;
}

/* Operations that make the frame's address become those of what is in the frame. */
static void put_in_memory(struct text operations, uint32_t offset, struct buffer *out)
{
	static const char value[] = "DW_OP_stack_value";
	size_t n = strlen(value);
	bool is_value = operations.n >= n &&
		!memcmp(operations.p + operations.n - n, value, n);

	buffer_put(out, operations.p, operations.n - (is_value ? n : 0));
	buffer_printf(out, "%sDW_OP_plus_uconst, %u, DW_OP_deref",
		      operations.n && !is_value ? ", " : "", offset);
}

/*
 * What is converted becomes a signed number of 64 bits, as all is in DWARF that has no
 * type: gdb does not join numbers of two types. The lower bits are what they were.
 */
static void put_of_one_type(struct text operations, struct buffer *out)
{
	static const char convert[] = "DW_OP_LLVM_convert, ";
	const char *last = operations.p + operations.n;
	struct text rest;

	while ((rest = text_field(operations, convert)).n) {
		rest = text_field(rest, ", DW_ATE_");
		while (rest.n && *rest.p != ',') {
			rest.p++;
			rest.n--;
		}
		buffer_put(out, operations.p, operations.n - rest.n);
		operations = rest;
		if (!text_starts(text_without(rest, ", "), convert))
			buffer_printf(out, ", %s64, DW_ATE_signed", convert);
	}
	buffer_put(out, operations.p, (size_t)(last - operations.p));
}

void record_put(const struct record *rec, const struct local_var *var,
		bool has_pieces, struct buffer *out)
{
	struct text operations = rec->operations;

	buffer_put(out, rec->value.p, rec->value.n);
	buffer_printf(out, "!%u, !DIExpression(", rec->variable);
	if (var->type.in_memory)
		put_in_memory(operations, var->offset, out);
	else if (has_pieces)
		put_of_one_type(operations, out);
	else
		buffer_put(out, operations.p, operations.n);
	buffer_text(out, "), ");
	buffer_put(out, rec->location.p, rec->location.n);
}
