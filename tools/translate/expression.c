// SPDX-License-Identifier: Apache-2.0
/* expression.c: DWARF's expressions, see expression.h. */
#include "expression.h"
#include "operation.h"

#define MAX_STEPS 16

/* DWARF's stack: what the expression is about, and a constant or none. */
struct stack {
	struct buffer *text; /* of what it is about, in C; NULL: not wanted */
	bool is_wide;	     /* in that, constants are of 64 bits */
	uint64_t number;     /* its value, if it is one */
	uint64_t mask;
	uint64_t constant;
	bool has_constant;
};

static bool read_constant(struct wasm_reader *r, unsigned int op, uint64_t *ret)
{
	unsigned int bits;

	if (op >= DW_OP_lit0 && op <= DW_OP_lit31) {
		*ret = op - DW_OP_lit0;
	} else if (op == DW_OP_constu) {
		*ret = wasm_read_leb(r, 64, false);
	} else if (op == DW_OP_consts) {
		*ret = wasm_read_leb(r, 64, true);
	} else if (op >= DW_OP_const1u && op <= DW_OP_const8s) {
		bits = 8u << (op - DW_OP_const1u) / 2;
		*ret = dwarf_read_fixed(r, bits / 8);
		if (op & 1 && bits < 64 && *ret >> (bits - 1))
			*ret |= ~(uint64_t)0 << bits;
	} else {
		return false;
	}
	return !r->bad;
}

/* In C: before, what there is, after and a number. */
static void wrap(struct stack *s, const char *before, const char *after,
		 uint64_t number)
{
	struct buffer old;

	if (!s->text)
		return;
	old = *s->text;
	*s->text = (struct buffer){ .failed = old.failed };
	buffer_text(s->text, before);
	buffer_put(s->text, old.p, old.n);
	if (*after)
		buffer_printf(s->text, " %s %llu%s", after, (unsigned long long)
			      (s->is_wide ? number : (uint32_t)number),
			      s->is_wide ? "ull" : "u");
	buffer_byte(s->text, ')');
	buffer_free(&old);
}

static bool unary(struct stack *s, unsigned int op)
{
	if (s->has_constant) {
		s->constant = op == DW_OP_not ? ~s->constant : -s->constant;
		return true;
	}
	s->number = op == DW_OP_not ? ~s->number : -s->number;
	s->mask = ~(uint64_t)0;
	wrap(s, op == DW_OP_not ? "(~" : "(-", "", 0);
	return true;
}

static bool binary(struct stack *s, unsigned int op, uint64_t c)
{
	const char *name = "+";

	s->mask = op == DW_OP_and ? c : ~(uint64_t)0;
	switch (op) {
	case DW_OP_plus: s->number += c; break;
	case DW_OP_minus: s->number -= c; name = "-"; break;
	case DW_OP_mul: s->number *= c; name = "*"; break;
	case DW_OP_and: s->number &= c; name = "&"; break;
	case DW_OP_or: s->number |= c; name = "|"; break;
	case DW_OP_xor: s->number ^= c; name = "^"; break;
	case DW_OP_shl:
		if (c >= 32)
			return false;
		s->number <<= c;
		name = "<<";
		break;
	default: return false;
	}
	wrap(s, "(", name, c);
	return true;
}

static bool step(struct stack *s, struct wasm_reader *r, unsigned int op)
{
	uint64_t c;

	if (op == DW_OP_not || op == DW_OP_neg)
		return unary(s, op);
	if (op == DW_OP_plus_uconst) {
		c = wasm_read_leb(r, 64, false);
		if (r->bad || !s->has_constant)
			return !r->bad && binary(s, DW_OP_plus, c);
		s->constant += c;
		return true;
	}
	if (read_constant(r, op, &c)) {
		if (s->has_constant)
			return false;
		s->constant = c;
		return s->has_constant = true;
	}
	if (r->bad || !s->has_constant)
		return false;
	s->has_constant = false;
	return binary(s, op, s->constant);
}

/* All steps up to DW_OP_stack_value, or to the end; *n is how many bytes. */
static bool run(struct stack *s, struct wasm_slice steps, size_t *n)
{
	struct wasm_reader r = { steps.p, steps.p + steps.n, false, NULL };
	unsigned int i, op;

	for (i = 0; i < MAX_STEPS && r.p < r.end; i++) {
		*n = (size_t)(r.p - steps.p);
		op = wasm_read_byte(&r);
		if (op == DW_OP_stack_value)
			return r.p == r.end && !s->has_constant;
		if (!step(s, &r, op))
			return false;
	}
	*n = steps.n;
	return false;
}

bool expression_read(struct wasm_slice s, struct expression *ret)
{
	struct wasm_reader r = { s.p, s.p + s.n, false, NULL };
	struct stack stack = { .mask = ~(uint64_t)0 };
	unsigned int op = wasm_read_byte(&r);
	bool is_known;

	*ret = (struct expression){ .kind = LOCAL_IS };
	if (op == DW_OP_WASM_location) {
		ret->kind = LOCAL_IN;
		if (wasm_read_byte(&r) != 0)
			return false;
		ret->value = wasm_read_u32(&r);
	} else if (!read_constant(&r, op, &stack.number)) {
		return false;
	}
	ret->steps = (struct wasm_slice){ r.p, (size_t)(r.end - r.p) };
	is_known = !r.bad && run(&stack, ret->steps, &ret->steps.n);
	ret->mask = stack.mask;
	if (ret->kind == LOCAL_IS)
		ret->value = stack.number;
	return is_known;
}

bool expression_is_all(const struct expression *e, unsigned int local,
		       const struct local_type *t)
{
	bool is_plain = !e->steps.n;

	if (e->kind == LOCAL_IS)
		return t->class != LOCAL_FLOAT || t->is_pointer;
	switch (local) {
	case WASM_I32:
		return t->is_pointer || (t->class != LOCAL_FLOAT &&
			(t->size <= 4 || e->mask <= UINT32_MAX));
	case WASM_I64:
		return !t->is_pointer && t->class != LOCAL_FLOAT;
	case WASM_F32: case WASM_F64:
		return !t->is_pointer && t->class == LOCAL_FLOAT && is_plain &&
		       t->size == (local == WASM_F32 ? 4 : 8);
	default:
		return false;
	}
}

bool expression_piece(struct wasm_slice *rest, struct wasm_slice *place,
		      uint64_t *size)
{
	struct wasm_reader r = { rest->p, rest->p + rest->n, false, NULL };
	const uint8_t *start = rest->p, *end = r.end;
	unsigned int op = 0;

	*size = 0;
	if (!rest->n)
		return false;
	while (r.p < r.end && op != DW_OP_piece) {
		end = r.p;
		op = wasm_read_byte(&r);
		if (op == DW_OP_piece)
			*size = wasm_read_leb(&r, 32, false);
		else if (!operation_skip(&r, op, DWARF_WASM_ADDRESS))
			return false;
		else
			end = r.p;
	}
	*place = (struct wasm_slice){ start, (size_t)(end - start) };
	*rest = (struct wasm_slice){ r.p, (size_t)(r.end - r.p) };
	return !r.bad;
}

void expression_put(struct wasm_slice steps, const char *operand, bool is_wide,
		    struct buffer *out)
{
	struct buffer text = { 0 };
	struct stack stack = { .text = &text, .is_wide = is_wide };
	size_t n;

	buffer_text(&text, operand);
	run(&stack, steps, &n);
	buffer_put(out, text.p, text.n);
	out->failed |= text.failed;
	buffer_free(&text);
}
