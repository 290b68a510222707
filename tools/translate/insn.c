// SPDX-License-Identifier: Apache-2.0
/* insn.c: decodes what lies between instructions, not what they mean. */
#include <string.h>

#include "wasm.h"

uint8_t wasm_read_byte(struct wasm_reader *r)
{
	if (r->p >= r->end) {
		r->bad = true;
		return 0;
	}
	return *r->p++;
}

uint64_t wasm_read_leb(struct wasm_reader *r, unsigned int bits, bool is_signed)
{
	uint64_t value = 0;
	unsigned int shift = 0;
	uint8_t byte;

	do {
		byte = wasm_read_byte(r);
		if (shift >= bits) {
			r->bad = true;
			r->p = r->end;
			return 0;
		}
		value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (is_signed && shift < 64 && (byte & 0x40))
		value |= ~(uint64_t)0 << shift;
	return r->bad ? 0 : value;
}

uint32_t wasm_read_u32(struct wasm_reader *r)
{
	uint64_t value = wasm_read_leb(r, 32, false);

	if (value > UINT32_MAX) {
		r->bad = true;
		r->p = r->end;
		return 0;
	}
	return (uint32_t)value;
}

struct wasm_slice wasm_read_bytes(struct wasm_reader *r, size_t n)
{
	struct wasm_slice s = { r->p, n };

	if (r->bad || n > (size_t)(r->end - r->p)) {
		r->bad = true;
		r->p = r->end;
		return (struct wasm_slice){ r->end, 0 };
	}
	r->p += n;
	return s;
}

struct wasm_slice wasm_read_name(struct wasm_reader *r)
{
	return wasm_read_bytes(r, wasm_read_u32(r));
}

uint32_t wasm_read_count(struct wasm_reader *r)
{
	uint32_t n = wasm_read_u32(r);

	if (n > (size_t)(r->end - r->p)) {
		r->bad = true;
		r->p = r->end;
		return 0;
	}
	return n;
}

static void unsupported(struct wasm_reader *r, const char *why)
{
	if (!r->bad)
		r->why = why;
	r->bad = true;
	r->p = r->end;
}

static void skip_indices(struct wasm_reader *r, unsigned int n)
{
	while (n--)
		wasm_read_u32(r);
}

static uint64_t read_memarg(struct wasm_reader *r)
{
	if (wasm_read_u32(r) >= 0x40)
		unsupported(r, "uses more than one memory");
	return wasm_read_leb(r, 64, false);
}

static void skip_br_table(struct wasm_reader *r)
{
	skip_indices(r, wasm_read_count(r));
	wasm_read_u32(r);
}

static void skip_try_table(struct wasm_reader *r)
{
	uint32_t n;

	wasm_read_leb(r, 33, true);
	for (n = wasm_read_count(r); n && !r->bad; n--)
		skip_indices(r, wasm_read_byte(r) < 2 ? 2 : 1);
}

static void read_fc(struct wasm_reader *r, struct wasm_insn *i)
{
	/* Indices that follow fc 00 .. fc 17 (17 decimal: table.fill). */
	static const uint8_t indices[] = { 0, 0, 0, 0, 0, 0, 0, 0, 2,
					   1, 2, 1, 2, 1, 2, 1, 1, 1 };
	uint32_t sub = wasm_read_u32(r);

	if (sub >= sizeof(indices)) {
		unsupported(r, "uses an instruction that is not known (fc)");
		return;
	}
	i->op = (uint16_t)(0xfc00 | sub);
	if (indices[sub])
		i->imm = wasm_read_u32(r);
	if (indices[sub] == 2)
		wasm_read_u32(r);
}

static void read_fe(struct wasm_reader *r, struct wasm_insn *i)
{
	uint32_t sub = wasm_read_u32(r);

	i->op = (uint16_t)(0xfe00 | (sub & 0xff));
	if (sub == 3)
		wasm_read_byte(r);
	else if (sub <= 2 || (sub >= 0x10 && sub <= 0x4e))
		i->imm = read_memarg(r);
	else
		unsupported(r, "uses an atomic instruction that is not known");
}

static void read_select(struct wasm_reader *r)
{
	uint32_t n;

	for (n = wasm_read_count(r); n && !r->bad; n--)
		wasm_read_byte(r);
}

/* Locals are (count, type) pairs; their number is limited here because wasm2c
 * declares each of them. */
void wasm_skip_locals(struct wasm_reader *r)
{
	uint64_t total = 0;
	uint32_t n;

	for (n = wasm_read_count(r); n && !r->bad; n--) {
		total += wasm_read_u32(r);
		wasm_read_leb(r, 33, true);
	}
	if (total > 50000 && !r->bad) {
		r->bad = true;
		r->why = "has a function with more than 50000 locals";
	}
}

bool wasm_read_insn(struct wasm_reader *r, struct wasm_insn *i)
{
	if (r->bad || r->p >= r->end)
		return false;
	*i = (struct wasm_insn){ .start = r->p };
	i->op = *r->p++;
	switch (i->op) {
	case 0x02: case 0x03: case 0x04: case 0x06:
		i->nesting = 1;
		i->imm = wasm_read_leb(r, 33, true);
		break;
	case 0x1f:
		i->nesting = 1;
		skip_try_table(r);
		break;
	case WASM_OP_END:
		i->nesting = -1;
		break;
	case 0x18:
		i->nesting = -1;
		wasm_read_u32(r);
		break;
	case 0x0e:
		skip_br_table(r);
		break;
	case 0x07: case 0x08: case 0x09: case 0x0c: case 0x0d:
	case WASM_OP_CALL: case 0x20: case 0x21: case 0x22: case 0x23:
	case WASM_OP_GLOBAL_SET: case 0x25: case 0x26: case 0x3f: case 0x40:
	case WASM_OP_REF_FUNC:
		i->imm = wasm_read_u32(r);
		break;
	case 0x11:
		skip_indices(r, 2);
		break;
	case 0x12: case 0x13:
		unsupported(r, "uses tail calls; compile it without -mtail-call");
		break;
	case 0x1c:
		read_select(r);
		break;
	case WASM_OP_I32_CONST:
		i->imm = (uint32_t)wasm_read_leb(r, 32, true);
		break;
	case WASM_OP_I64_CONST:
		i->imm = wasm_read_leb(r, 64, true);
		break;
	case 0x43:
		wasm_read_bytes(r, 4);
		break;
	case 0x44:
		wasm_read_bytes(r, 8);
		break;
	case 0xd0:
		wasm_read_leb(r, 33, true);
		break;
	case 0xfc:
		read_fc(r, i);
		break;
	case 0xfd:
		unsupported(r, "uses SIMD; compile it without -msimd128");
		break;
	case 0xfe:
		read_fe(r, i);
		break;
	default:
		if (i->op >= 0x28 && i->op <= 0x3e)
			i->imm = read_memarg(r);
		else if (!((i->op >= 0x45 && i->op <= 0xc4) || i->op <= 0x01 ||
			   i->op == 0x05 || i->op == 0x0a || i->op == 0x0f ||
			   i->op == 0x19 || i->op == 0x1a || i->op == 0x1b ||
			   i->op == 0xd1))
			unsupported(r, "uses an instruction that is not known");
	}
	return !r->bad;
}

bool wasm_read_const(struct wasm_reader *r, uint32_t *ret)
{
	struct wasm_insn i;
	bool single = false;
	unsigned int n = 0;

	while (wasm_read_insn(r, &i) && i.op != WASM_OP_END) {
		single = n++ == 0 && i.op == WASM_OP_I32_CONST;
		if (single)
			*ret = (uint32_t)i.imm;
	}
	return single && !r->bad;
}

bool wasm_slice_is(struct wasm_slice s, const char *text)
{
	return s.n == strlen(text) && !memcmp(s.p, text, s.n);
}

int wasm_reader_fail(const struct wasm_reader *r, const char *where,
		     struct failure *failure)
{
	if (r->why)
		return failure_set(failure, FAIL_INPUT, "it %s", r->why);
	return failure_set(failure, FAIL_INPUT,
			   "it is damaged or cut short (%s)", where);
}
