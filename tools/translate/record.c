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

/* Operations without the last one, if it is that which makes a value of a place. */
static struct text without_value(struct text operations)
{
	static const char value[] = "DW_OP_stack_value";
	size_t n = strlen(value);

	if (operations.n >= n &&
	    !memcmp(operations.p + operations.n - n, value, n))
		operations.n -= n;
	if (operations.n > 2 && operations.p[operations.n - 2] == ',')
		operations.n -= 2;
	return operations;
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

/*
 * A frame's address, which becomes that of what is in the frame. One argument alone that
 * is spilled would be taken for a value, where the variable has another size.
 */
static void put_in_memory(const struct record *rec, uint32_t offset, struct buffer *out)
{
	struct text operations = without_value(rec->operations);
	struct text argument = text_without(rec->value, "value(");
	bool is_one = argument.n != rec->value.n && argument.n > 2 &&
		      !text_starts(argument, "!");

	if (is_one)
		buffer_printf(out, "value(!DIArgList(%.*s, i64 %u), ",
			      (int)argument.n - 2, argument.p, offset);
	else
		buffer_put(out, rec->value.p, rec->value.n);
	buffer_printf(out, "!%u, !DIExpression(%s", rec->variable,
		      is_one ? "DW_OP_LLVM_arg, 0, " : "");
	put_of_one_type(operations, out);
	buffer_text(out, operations.n ? ", " : "");
	if (is_one)
		buffer_text(out, "DW_OP_LLVM_arg, 1, DW_OP_plus, DW_OP_deref");
	else
		buffer_printf(out, "DW_OP_plus_uconst, %u, DW_OP_deref", offset);
}

static void put_location(const struct record *rec, struct buffer *out)
{
	buffer_text(out, "), ");
	buffer_put(out, rec->location.p, rec->location.n);
}

/* What is said is of so many bytes of a variable from there on. */
static void put_fragment(uint32_t at, uint32_t n, struct buffer *out)
{
	buffer_printf(out, "DW_OP_LLVM_fragment, %u, %u", at * 8, n * 8);
}

/* Between pieces is padding, of which lldb does not say that it is nowhere; so it is 0, in
 * numbers of up to 8 bytes. */
static void put_padding(const struct record *rec, uint64_t bytes, struct buffer *out)
{
	uint32_t at = 0, n;

	while (bytes) {
		for (; !(bytes & 1); bytes >>= 1)
			at++;
		for (n = 0; n < 8 && bytes & 1; bytes >>= 1)
			n++;
		buffer_printf(out, RECORD "value(i64 0, !%u, !DIExpression(",
			      rec->variable);
		put_fragment(at, n, out);
		put_location(rec, out);
		at += n;
	}
}

void record_put(const struct record *rec, const struct locals *l,
		const struct local_var *var, struct buffer *out)
{
	bool is_piece = locals_is_piece(l, var);

	if (var->type.in_memory) {
		put_in_memory(rec, var->offset, out);
	} else {
		buffer_put(out, rec->value.p, rec->value.n);
		buffer_printf(out, "!%u, !DIExpression(", rec->variable);
		buffer_put(out, rec->operations.p, rec->operations.n);
	}
	if (is_piece) {
		buffer_text(out, rec->operations.n ? ", " : "");
		put_fragment(var->at, var->type.size, out);
	}
	put_location(rec, out);
	if (is_piece && var == &l->vars[var->whole + 1])
		put_padding(rec, locals_padding(l, var), out);
}
