// SPDX-License-Identifier: Apache-2.0
/* prepare.c: wasm to wasm, see prepare.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prepare.h"

/* wasm2c recurses per block; more than this no compiler makes. */
#define MAX_NESTING 4000

struct preparation {
	const struct wasm_module *m;
	struct marks *marks;
	struct prepared *out;
	struct buffer code; /* contents of the code section */
	bool *referenced;   /* function is named by a ref.func in code */
	bool has_atomics, has_ref_func;
};

void prepared_free(struct prepared *p)
{
	buffer_free(&p->wasm);
	buffer_free(&p->data);
	memset(p, 0, sizeof(*p));
}

static uint32_t helper_index(struct preparation *p, enum prepare_helper h)
{
	unsigned int i;
	uint32_t next = p->m->count[WASM_K_FUNC];

	if (!p->out->helper[h]) {
		for (i = 0; i < PREPARE_NHELPERS; i++)
			next += p->out->helper[i] != 0;
		p->out->helper[h] = next;
	}
	return p->out->helper[h];
}

/*
 * Where the memory that the module initialises begins: wasm-ld writes the
 * start function of a module with shared memory, with constant operands:
 * i32.const dest [i32.const, global.set] i32.const i32.const memory.init.
 */
struct init_scan {
	uint32_t value[8];
	unsigned int depth; /* constants since something else was seen */
};

static void scan_init(struct init_scan *s, const struct wasm_insn *i,
		      uint32_t *low)
{
	if (i->op == WASM_OP_I32_CONST) {
		if (s->depth == 8) {
			memmove(s->value, s->value + 1, sizeof(s->value[0]) * 7);
			s->depth--;
		}
		s->value[s->depth++] = (uint32_t)i->imm;
		return;
	}
	if (i->op == WASM_OP_GLOBAL_SET && s->depth) {
		s->depth--;
		return;
	}
	if ((i->op == WASM_OP_MEMORY_INIT || i->op == WASM_OP_MEMORY_FILL) &&
	    s->depth >= 3 && s->value[s->depth - 3] < *low)
		*low = s->value[s->depth - 3];
	s->depth = 0;
}

static void rewrite_atomic(struct preparation *p, const struct wasm_insn *i,
			   struct buffer *body)
{
	enum prepare_helper h = (enum prepare_helper)(i->op - WASM_OP_NOTIFY);

	buffer_byte(body, WASM_OP_I32_CONST);
	buffer_i64(body, (int32_t)(uint32_t)i->imm);
	buffer_byte(body, WASM_OP_CALL);
	buffer_u32(body, helper_index(p, h));
}

/* As the module's DWARF counts them. */
static uint32_t address_of(const struct preparation *p, const uint8_t *code)
{
	return (uint32_t)(code - p->m->section[WASM_CODE].p);
}

static int copy_body(struct preparation *p, uint32_t n, struct buffer *body,
		     struct failure *failure)
{
	struct wasm_slice s = p->m->bodies[n];
	struct wasm_reader r = { s.p, s.p + s.n, false, NULL };
	const uint8_t *from = s.p;
	struct init_scan scan = { .depth = 0 };
	bool is_start = p->m->has_start &&
			p->m->start == n + p->m->imported[WASM_K_FUNC];
	long nesting = 1;
	struct marker marker;
	struct wasm_insn i;

	body->n = 0;
	marks_begin(p->marks, &marker, n, address_of(p, s.p),
		    address_of(p, s.p + s.n));
	wasm_skip_locals(&r);
	while (wasm_read_insn(&r, &i) && nesting > 0) {
		nesting += i.nesting;
		if (nesting > MAX_NESTING) {
			r.bad = true;
			r.why = "has blocks nested more than 4000 deep";
			break;
		}
		if (marks_are_due(p->marks, &marker, address_of(p, i.start))) {
			buffer_put(body, from, (size_t)(i.start - from));
			marks_put(p->marks, &marker, address_of(p, i.start),
				  body);
			from = i.start;
		}
		if (is_start)
			scan_init(&scan, &i, &p->out->data_low);
		if (i.op == WASM_OP_REF_FUNC &&
		    i.imm < p->m->count[WASM_K_FUNC]) {
			p->referenced[i.imm] = true;
			p->has_ref_func = true;
		}
		p->has_atomics |= i.op >= 0xfe00 && i.op != 0xfe03;
		if (i.op < WASM_OP_NOTIFY || i.op > WASM_OP_WAIT64)
			continue;
		buffer_put(body, from, (size_t)(i.start - from));
		rewrite_atomic(p, &i, body);
		from = r.p;
	}
	if (r.bad || nesting || r.p != r.end) {
		char where[40];

		snprintf(where, sizeof(where), "code of function %u",
			 n + p->m->imported[WASM_K_FUNC]);
		return wasm_reader_fail(&r, where, failure);
	}
	buffer_put(body, from, (size_t)(r.end - from));
	return 0;
}

static int copy_code(struct preparation *p, struct failure *failure)
{
	struct buffer body = { 0 };
	uint32_t i;
	int ret = 0;

	for (i = 0; i < p->m->nbodies && !ret; i++) {
		ret = copy_body(p, i, &body, failure);
		buffer_u32(&p->code, (uint32_t)body.n);
		buffer_put(&p->code, body.p, body.n);
		p->code.failed |= body.failed;
	}
	p->out->code_size = p->code.n;
	buffer_free(&body);
	return ret;
}

static unsigned int count_helpers(const struct prepared *out)
{
	unsigned int i, n = 0;

	for (i = 0; i < PREPARE_NHELPERS; i++)
		n += out->helper[i] != 0;
	return n;
}

/* The helpers in order of their function index. */
static enum prepare_helper nth_helper(const struct preparation *p,
				      unsigned int n)
{
	unsigned int i;

	for (i = 0; i < PREPARE_NHELPERS; i++)
		if (p->out->helper[i] == p->m->count[WASM_K_FUNC] + n)
			break;
	return (enum prepare_helper)i;
}

static void put_section(struct buffer *out, uint8_t id,
			const struct buffer *contents)
{
	buffer_byte(out, id);
	buffer_u32(out, (uint32_t)contents->n);
	buffer_put(out, contents->p, contents->n);
	out->failed |= contents->failed;
}

/* A vector whose contents stay and which gets `more` entries. */
static void put_vector(struct buffer *b, struct wasm_slice old,
		       unsigned int more)
{
	struct wasm_reader r = { old.p, old.p + old.n, false, NULL };

	buffer_u32(b, wasm_read_u32(&r) + more);
	buffer_put(b, r.p, (size_t)(r.end - r.p));
}

static void make_types(struct preparation *p, struct buffer *b)
{
	static const uint8_t type[PREPARE_NHELPERS][9] = {
		{ 0x60, 3, WASM_I32, WASM_I32, WASM_I32, 1, WASM_I32 },
		{ 0x60, 4, WASM_I32, WASM_I32, WASM_I64, WASM_I32, 1, WASM_I32 },
		{ 0x60, 4, WASM_I32, WASM_I64, WASM_I64, WASM_I32, 1, WASM_I32 },
	};
	unsigned int i, n = count_helpers(p->out);

	put_vector(b, p->m->section[WASM_TYPE], n);
	for (i = 0; i < n; i++) {
		enum prepare_helper h = nth_helper(p, i);

		buffer_put(b, type[h], h == PREPARE_NOTIFY ? 7 : 8);
	}
}

static void make_imports(struct preparation *p, struct buffer *b)
{
	char name[16];
	uint32_t i;

	buffer_u32(b, p->m->nimports);
	for (i = 0; i < p->m->nimports; i++) {
		int n = snprintf(name, sizeof(name), "i%u", i);

		buffer_u32(b, 3);
		buffer_text(b, "env");
		buffer_u32(b, (uint32_t)n);
		buffer_text(b, name);
		buffer_put(b, p->m->imports[i].desc.p, p->m->imports[i].desc.n);
	}
}

/*
 * ref.func may only name functions that are declared somewhere; with the
 * exports gone, a declarative segment says so for those that code names.
 */
static void make_elements(struct preparation *p, struct buffer *b)
{
	uint32_t i, n = 0;

	if (p->m->section[WASM_ELEM].p)
		put_vector(b, p->m->section[WASM_ELEM], 1);
	else
		buffer_u32(b, 1);
	for (i = 0; i < p->m->count[WASM_K_FUNC]; i++)
		n += p->referenced[i];
	buffer_put(b, "\3\0", 2);
	buffer_u32(b, n);
	for (i = 0; i < p->m->count[WASM_K_FUNC]; i++)
		if (p->referenced[i])
			buffer_u32(b, i);
}

static void make_functions(struct preparation *p, struct buffer *b)
{
	unsigned int i, n = count_helpers(p->out);

	put_vector(b, p->m->section[WASM_FUNCTION], n);
	for (i = 0; i < n; i++)
		buffer_u32(b, p->m->ntypes + i);
}

static void make_code(struct preparation *p, struct buffer *b)
{
	unsigned int i, n = count_helpers(p->out);

	buffer_u32(b, p->m->nbodies + n);
	buffer_put(b, p->code.p, p->code.n);
	b->failed |= p->code.failed;
	for (i = 0; i < n; i++)
		buffer_put(b, "\3\0\0\x0b", 4); /* size, locals, unreachable */
}

/* One byte per segment stands for its contents. */
static void make_data(struct preparation *p, struct buffer *b)
{
	uint32_t i;

	buffer_u32(b, p->m->ndata);
	for (i = 0; i < p->m->ndata; i++) {
		const struct wasm_data *d = &p->m->data[i];

		buffer_put(b, d->head.p, d->head.n);
		buffer_put(b, "\1", 2);
		buffer_put(&p->out->data, d->bytes.p, d->bytes.n);
		if (d->has_address && d->address < p->out->data_low)
			p->out->data_low = d->address;
	}
}

static void make_section(struct preparation *p, unsigned int id)
{
	struct buffer b = { 0 };

	switch (id) {
	case WASM_TYPE:
		make_types(p, &b);
		break;
	case WASM_IMPORT:
		make_imports(p, &b);
		break;
	case WASM_FUNCTION:
		make_functions(p, &b);
		break;
	case WASM_EXPORT:
		return;
	case WASM_ELEM:
		if (p->has_ref_func) {
			make_elements(p, &b);
			break;
		}
		buffer_put(&b, p->m->section[id].p, p->m->section[id].n);
		break;
	case WASM_CODE:
		make_code(p, &b);
		break;
	case WASM_DATA:
		make_data(p, &b);
		break;
	default:
		buffer_put(&b, p->m->section[id].p, p->m->section[id].n);
	}
	put_section(&p->out->wasm, (uint8_t)id, &b);
	buffer_free(&b);
}

/* Is the section that comes now behind a missing one for elements? */
static bool wants_elements(const struct preparation *p, unsigned int id)
{
	return p->has_ref_func && !p->m->section[WASM_ELEM].p &&
	       (id == WASM_DATACOUNT || id == WASM_CODE);
}

static int check_memory(const struct preparation *p, struct failure *failure)
{
	const struct wasm_module *m = p->m;
	uint32_t i;

	if (p->has_atomics && m->count[WASM_K_MEMORY] && !m->memory_shared)
		return failure_set(failure, FAIL_INPUT,
				   "it uses atomics on memory that is not "
				   "shared; link it with --shared-memory");
	for (i = 0; i < m->nimports; i++)
		if (m->imports[i].kind == WASM_K_MEMORY &&
		    !wasm_slice_is(m->imports[i].module, "env"))
			return failure_set(failure, FAIL_INPUT,
					   "its memory is not imported from "
					   "the module \"env\"");
	if (count_helpers(p->out) && !m->count[WASM_K_MEMORY])
		return failure_set(failure, FAIL_INPUT,
				   "it is damaged (atomics without a memory)");
	return 0;
}

int prepare_module(const struct wasm_module *m, struct marks *marks,
		   struct prepared *ret, struct failure *failure)
{
	struct preparation p = { .m = m, .marks = marks, .out = ret };
	uint32_t i;
	int err;

	memset(ret, 0, sizeof(*ret));
	ret->data_low = UINT32_MAX;
	p.referenced = calloc(m->count[WASM_K_FUNC] + 1, sizeof(bool));
	err = p.referenced ? copy_code(&p, failure) :
	      failure_set(failure, FAIL_HOST, "out of memory");
	if (!err)
		err = check_memory(&p, failure);
	if (!err) {
		buffer_put(&ret->wasm, "\0asm\1\0\0\0", 8);
		for (i = 0; i < m->nsections; i++) {
			if (wants_elements(&p, m->order[i])) {
				make_section(&p, WASM_ELEM);
				p.has_ref_func = false;
			}
			make_section(&p, m->order[i]);
		}
	}
	if (!err && (ret->wasm.failed || ret->data.failed))
		err = failure_set(failure, FAIL_HOST, "out of memory");
	buffer_free(&p.code);
	free(p.referenced);
	return err;
}
