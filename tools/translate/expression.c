// SPDX-License-Identifier: Apache-2.0
/* expression.c: DWARF's expressions, see expression.h. */
#include <string.h>

#include "dwarf.h"
#include "expression.h"

#define MAX_STEPS 16

enum { OP_CONST1U = 0x08, OP_CONST8S = 0x0f, OP_CONSTU = 0x10,
       OP_CONSTS = 0x11, OP_AND = 0x1a, OP_MINUS = 0x1c, OP_MUL = 0x1e,
       OP_NEG = 0x1f, OP_NOT = 0x20, OP_OR = 0x21, OP_PLUS = 0x22,
       OP_PLUS_UCONST = 0x23, OP_SHL = 0x24, OP_XOR = 0x27, OP_LIT0 = 0x30,
       OP_LIT31 = 0x4f, OP_STACK_VALUE = 0x9f, OP_WASM_LOCATION = 0xed };

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

	if (op >= OP_LIT0 && op <= OP_LIT31) {
		*ret = op - OP_LIT0;
	} else if (op == OP_CONSTU) {
		*ret = wasm_read_leb(r, 64, false);
	} else if (op == OP_CONSTS) {
		*ret = wasm_read_leb(r, 64, true);
	} else if (op >= OP_CONST1U && op <= OP_CONST8S) {
		bits = 8u << (op - OP_CONST1U) / 2;
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
		s->constant = op == OP_NOT ? ~s->constant : -s->constant;
		return true;
	}
	s->number = op == OP_NOT ? ~s->number : -s->number;
	s->mask = ~(uint64_t)0;
	wrap(s, op == OP_NOT ? "(~" : "(-", "", 0);
	return true;
}

static bool binary(struct stack *s, unsigned int op, uint64_t c)
{
	const char *name = "+";

	s->mask = op == OP_AND ? c : ~(uint64_t)0;
	switch (op) {
	case OP_PLUS: s->number += c; break;
	case OP_MINUS: s->number -= c; name = "-"; break;
	case OP_MUL: s->number *= c; name = "*"; break;
	case OP_AND: s->number &= c; name = "&"; break;
	case OP_OR: s->number |= c; name = "|"; break;
	case OP_XOR: s->number ^= c; name = "^"; break;
	case OP_SHL:
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

	if (op == OP_NOT || op == OP_NEG)
		return unary(s, op);
	if (op == OP_PLUS_UCONST) {
		c = wasm_read_leb(r, 64, false);
		if (r->bad || !s->has_constant)
			return !r->bad && binary(s, OP_PLUS, c);
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

/* All steps up to OP_STACK_VALUE, or to the end; *n is how many bytes. */
static bool run(struct stack *s, struct wasm_slice steps, size_t *n)
{
	struct wasm_reader r = { steps.p, steps.p + steps.n, false, NULL };
	unsigned int i, op;

	for (i = 0; i < MAX_STEPS && r.p < r.end; i++) {
		*n = (size_t)(r.p - steps.p);
		op = wasm_read_byte(&r);
		if (op == OP_STACK_VALUE)
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
	if (op == OP_WASM_LOCATION) {
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
