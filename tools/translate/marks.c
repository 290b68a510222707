// SPDX-License-Identifier: Apache-2.0
/* marks.c: line numbers on their way through wasm2c, see marks.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "marks.h"

#define FIRST_HIGH 0x5a17c000u
#define TRIES 64

/* Which upper halves do constants have? One bit for each that we could use. */
static uint64_t find_used(const struct wasm_module *m)
{
	uint64_t used = 0;
	uint32_t i;

	for (i = 0; i < m->nbodies; i++) {
		struct wasm_reader r = { m->bodies[i].p,
					 m->bodies[i].p + m->bodies[i].n, false,
					 NULL };
		struct wasm_insn insn;

		wasm_skip_locals(&r);
		while (wasm_read_insn(&r, &insn)) {
			uint32_t high = (uint32_t)(insn.imm >> 32);

			if (insn.op == WASM_OP_I64_CONST &&
			    high - FIRST_HIGH < TRIES)
				used |= (uint64_t)1 << (high - FIRST_HIGH);
		}
		if (r.bad)
			return ~(uint64_t)0;
	}
	return used;
}

void marks_init(struct marks *k, const struct wasm_module *m,
		const struct lines *lines)
{
	uint64_t used;

	*k = (struct marks){ .lines = lines };
	if (!lines->nrows || lines->nrows >= NO_ROW)
		return;
	used = find_used(m);
	if (!~used)
		return;
	k->first = malloc((m->nbodies + 1) * sizeof(*k->first));
	if (!k->first)
		return;
	memset(k->first, 0xff, (m->nbodies + 1) * sizeof(*k->first));
	k->high = FIRST_HIGH + (uint32_t)__builtin_ctzll(~used);
}

void marks_free(struct marks *k)
{
	free(k->first);
	k->first = NULL;
}

void marks_begin(const struct marks *k, struct marker *r, uint32_t address)
{
	r->next = k->high ? lines_find(k->lines, address) : k->lines->nrows;
	r->last = NO_ROW;
}

uint32_t marks_next(struct marks *k, struct marker *r, uint32_t body,
		    uint32_t address)
{
	const struct line_row *rows = k->lines->rows, *old, *new;
	uint32_t row = NO_ROW, first = NO_ROW;

	/* Of several rows the last one counts; line 0 is no line. */
	for (; r->next < k->lines->nrows && rows[r->next].address <= address;
	     r->next++) {
		if (!rows[r->next].line)
			continue;
		row = (uint32_t)r->next;
		if (first == NO_ROW)
			first = row;
	}
	if (row == NO_ROW)
		return row;
	if (r->last == NO_ROW) {
		k->first[body] = first;
	} else {
		old = &rows[r->last];
		new = &rows[row];
		if (old->line == new->line && old->file == new->file)
			return NO_ROW;
	}
	r->last = row;
	return row;
}

void marks_put(const struct marks *k, uint32_t row, struct buffer *code)
{
	buffer_byte(code, WASM_OP_I64_CONST);
	buffer_i64(code, (int64_t)((uint64_t)k->high << 32 | row));
	buffer_byte(code, WASM_OP_DROP);
}

const struct line_row *marks_of_line(const struct marks *k, const char *line)
{
	static const char prefix[] = "var_j", middle[] = " = ", suffix[] = "ull;";
	unsigned long long value;
	char *end;

	line += strspn(line, " ");
	if (!k->high || strncmp(line, prefix, strlen(prefix)))
		return NULL;
	line += strlen(prefix);
	line += strspn(line, "0123456789");
	if (strncmp(line, middle, strlen(middle)))
		return NULL;
	value = strtoull(line + strlen(middle), &end, 10);
	if (strcmp(end, suffix) || value >> 32 != k->high ||
	    (uint32_t)value >= k->lines->nrows)
		return NULL;
	return &k->lines->rows[(uint32_t)value];
}
