// SPDX-License-Identifier: Apache-2.0
/* marks.c: line numbers on their way through wasm2c, see marks.h. */
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
		const struct lines *lines, const struct scopes *scopes,
		const struct locals *locals)
{
	uint64_t used;

	*k = (struct marks){ .lines = lines, .scopes = scopes };
	if (!lines->nrows || lines->nrows >= INT32_MAX / 2 || !scopes->of_row)
		return;
	used = find_used(m);
	if (!~used)
		return;
	k->first = malloc((m->nbodies + 1) * sizeof(*k->first));
	if (!k->first)
		return;
	memset(k->first, 0xff, (m->nbodies + 1) * sizeof(*k->first));
	k->high = FIRST_HIGH + (uint32_t)__builtin_ctzll(~used);
	if (locals && locals->parts && lines->nrows + locals->nevents < NO_ROW &&
	    locals->nvars < INT32_MAX / 2)
		k->locals = locals;
}

void marks_free(struct marks *k)
{
	free(k->first);
	k->first = NULL;
}

bool marks_has_prologue(const struct marks *k, uint32_t body)
{
	const struct local_part *part = k->locals ? &k->locals->parts[body] : NULL;
	const struct local_var *v;
	uint32_t i;

	for (i = 0; part && i < part->nvars; i++) {
		v = &k->locals->vars[part->first_var + i];
		if (v->number && v->scope == NO_SCOPE && v->type.in_memory)
			return true;
	}
	return false;
}

/* The row behind the prologue of the function whose rows begin there, or that one. */
static size_t behind_prologue(const struct marks *k, size_t row, uint32_t end)
{
	const struct line_row *rows = k->lines->rows;
	size_t i;

	for (i = row; i < k->lines->nrows && rows[i].address < end; i++)
		if (rows[i].ends_prologue)
			return i;
	return row;
}

/* Debuggers stop behind a prologue, as in native code. */
void marks_begin(const struct marks *k, struct marker *r, uint32_t body,
		 uint32_t address, uint32_t end)
{
	const struct local_part *part;

	*r = (struct marker){ .body = body, .last = NO_ROW };
	r->next = k->high ? lines_find(k->lines, address) : k->lines->nrows;
	if (!k->high || !k->locals)
		return;
	part = &k->locals->parts[body];
	r->event = part->first_event;
	r->end_event = part->first_event + part->nevents;
	if (marks_has_prologue(k, body))
		r->begin = behind_prologue(k, r->next, end);
}

bool marks_are_due(const struct marks *k, const struct marker *r,
		   uint32_t address)
{
	return (r->next < k->lines->nrows &&
		k->lines->rows[r->next].address <= address) ||
	       (r->event < r->end_event &&
		k->locals->events[r->event].address <= address);
}

static void put_mark(const struct marks *k, size_t low, struct buffer *code)
{
	buffer_byte(code, WASM_OP_I64_CONST);
	buffer_i64(code, (int64_t)((uint64_t)k->high << 32 | low));
	buffer_byte(code, WASM_OP_DROP);
}

bool marks_is_same_place(const struct marks *k, size_t a, size_t b)
{
	const struct line_row *rows = k->lines->rows;

	return rows[a].line == rows[b].line && rows[a].file == rows[b].file &&
	       k->scopes->of_row[a] == k->scopes->of_row[b];
}

/* Of several rows the last one counts; line 0 is no line. */
static void put_row(struct marks *k, struct marker *r, uint32_t address,
		    struct buffer *code)
{
	const struct line_row *rows = k->lines->rows;
	uint32_t row = NO_ROW, first = NO_ROW;

	for (; r->next < k->lines->nrows && rows[r->next].address <= address;
	     r->next++) {
		if (!rows[r->next].line)
			continue;
		row = (uint32_t)r->next;
		if (first == NO_ROW)
			first = row;
	}
	if (row == NO_ROW)
		return;
	if (k->first[r->body] == NO_ROW)
		k->first[r->body] = first;
	if (row < r->begin ||
	    (r->last != NO_ROW && marks_is_same_place(k, row, r->last)))
		return;
	r->last = row;
	put_mark(k, row, code);
}

void marks_put(struct marks *k, struct marker *r, uint32_t address,
	       struct buffer *code)
{
	put_row(k, r, address, code);
	for (; r->event < r->end_event &&
	       k->locals->events[r->event].address <= address; r->event++)
		put_mark(k, k->lines->nrows + r->event, code);
}

bool marks_of_line(const struct marks *k, const char *line,
		   const struct line_row **row,
		   const struct local_event **event)
{
	static const char prefix[] = "var_j", middle[] = " = ", suffix[] = "ull;";
	unsigned long long value;
	size_t low;
	char *end;

	*row = NULL;
	*event = NULL;
	line += strspn(line, " ");
	if (!k->high || strncmp(line, prefix, strlen(prefix)))
		return false;
	line += strlen(prefix);
	line += strspn(line, "0123456789");
	if (strncmp(line, middle, strlen(middle)))
		return false;
	value = strtoull(line + strlen(middle), &end, 10);
	if (strcmp(end, suffix) || value >> 32 != k->high)
		return false;
	low = (uint32_t)value;
	if (low < k->lines->nrows)
		*row = &k->lines->rows[low];
	else if (k->locals && low - k->lines->nrows < k->locals->nevents)
		*event = &k->locals->events[low - k->lines->nrows];
	return *row || *event;
}

/* Numbers of lines: rows from 1 on, behind them the one of heads. */

static size_t head_line(const struct marks *k)
{
	return k->lines->nrows + 1;
}

void marks_put_row(size_t row, struct buffer *out)
{
	buffer_printf(out, "\n#line %zu\n", row + 1);
}

void marks_put_head(const struct marks *k, struct buffer *out)
{
	buffer_printf(out, "\n#line %zu\n", head_line(k));
}

const struct line_row *marks_row(const struct marks *k, uint32_t line)
{
	return line && line < head_line(k) ? &k->lines->rows[line - 1] : NULL;
}
