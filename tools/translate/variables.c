// SPDX-License-Identifier: Apache-2.0
/* variables.c: variables of the guest in C, see variables.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expression.h"
#include "finish.h"
#include "variables.h"
#include "vartype.h"

#define LOCAL_NAME 24

/* ---- parameters ------------------------------------------------------- */

static const struct local_part *part_of(const struct variables *v,
					uint32_t body)
{
	return v->locals && v->marks->first[body] != NO_ROW ?
		&v->locals->parts[body] : NULL;
}

/* The variable that is a function's parameter n, or NULL. A type must not
 * change what is passed: numbers of other widths keep wasm's. */
static const struct local_var *variable_of_param(const struct variables *v,
						 const struct local_part *part,
						 uint32_t n)
{
	uint32_t i;

	for (i = 0; part && i < part->nvars; i++)
		if (v->locals->vars[part->first_var + i].param == n)
			return &v->locals->vars[part->first_var + i];
	return NULL;
}

static void put_name(const struct variables *v, const struct local_var *var,
		     struct buffer *out)
{
	buffer_printf(out, "w2c_v%zu", (size_t)(var - v->locals->vars));
}

static bool keeps_value(const struct local_type *t, uint8_t wasm_type)
{
	switch (wasm_type) {
	case WASM_I32:
		return t->is_pointer ||
		       (t->class <= LOCAL_UNSIGNED && t->size == 4);
	case WASM_I64:
		return !t->is_pointer && t->class <= LOCAL_UNSIGNED &&
		       t->size == 8;
	default:
		return !t->is_pointer && t->class == LOCAL_FLOAT &&
		       t->size == (wasm_type == WASM_F32 ? 4 : 8);
	}
}

/* "u32 " at the start of a function's line: its type in C; what follows. */
static const char *put_result_type(const struct variables *v, uint32_t body,
				   const char *line, struct buffer *out)
{
	const struct local_part *part = part_of(v, body);
	uint32_t f = body + v->m->imported[WASM_K_FUNC];
	struct wasm_slice results = v->m->types[v->m->func_types[f]].results;
	struct local_type type;

	if (!part || !part->has_result || results.n != 1)
		return line;
	type = part->result;
	if (!type.is_pointer && type.size < 4 &&
	    (type.class == LOCAL_SIGNED || type.class == LOCAL_CHAR)) {
		type.class = LOCAL_SIGNED; /* and as long as wasm's */
		type.size = 4;
	}
	if (!keeps_value(&type, results.p[0]))
		return line;
	vartype_put(&type, out);
	return line + strcspn(line, " ");
}

static uint8_t wasm_type_of(const struct variables *v, uint32_t body,
			    uint32_t param)
{
	return wasm_params(v->m, body).p[param];
}

/* "u32", or its type in C; n is the length of "u32". */
static void put_param_type(const struct variables *v, uint32_t body,
			   uint32_t param, const char *plain, size_t n,
			   struct buffer *out)
{
	const struct local_var *var = variable_of_param(v, part_of(v, body),
							param);

	if (var && keeps_value(&var->type, wasm_type_of(v, body, param)))
		vartype_put(&var->type, out);
	else
		buffer_put(out, plain, n);
}

void variables_put_prototype(const struct variables *v, uint32_t body,
			     const char *line, struct buffer *out)
{
	const char *at = strchr(line, ','), *end;
	uint32_t param = 0;

	line = put_result_type(v, body, line, out);
	while (part_of(v, body) && at) {
		buffer_put(out, line, (size_t)(at + 2 - line));
		line = at + 2;
		end = line + strcspn(line, ",)");
		put_param_type(v, body, param++, line, (size_t)(end - line),
			       out);
		line = end;
		at = *end == ',' ? end : NULL;
	}
	buffer_text(out, line);
}

/* ", u32 var_p0": the rest of the line, and into copies what makes var_p0. */
static void put_params(struct variables *v, uint32_t body, const char *line,
		       struct buffer *out, struct buffer *copies)
{
	const char *at = strchr(line, ',');
	uint32_t param = 0;

	while (at) {
		const char *type = at + 1 + strspn(at + 1, " ");
		const char *name = strchr(type, ' '), *end;
		const struct local_var *var;

		if (!name)
			break;
		end = name + strcspn(name, ",)");
		var = variable_of_param(v, v->part, param);
		if (var) {
			buffer_put(out, line, (size_t)(type - line));
			put_param_type(v, body, param, type,
				       (size_t)(name - type), out);
			buffer_byte(out, ' ');
			put_name(v, var, out);
			buffer_put(copies, type, (size_t)(end - type));
			buffer_text(copies, var->type.is_pointer ?
				    " = (u32)(uintptr_t)" : " = ");
			put_name(v, var, copies);
			buffer_text(copies, "; ");
			line = end;
		}
		at = *end == ',' ? end : NULL;
		param++;
	}
	buffer_text(out, line);
}

/* ---- a function ------------------------------------------------------- */

static bool is_in(const struct variable_set *s, uint32_t i)
{
	return s->bits[i / 64] >> (i % 64) & 1;
}

static void set_to(struct variable_set *s, uint32_t i, bool value)
{
	s->bits[i / 64] &= ~((uint64_t)1 << (i % 64));
	s->bits[i / 64] |= (uint64_t)value << (i % 64);
}

static const struct local_var *var_at(const struct variables *v, uint32_t i)
{
	return &v->locals->vars[v->part->first_var + i];
}

static void put_gone(const struct variables *v, uint32_t i, struct buffer *out)
{
	buffer_text(out, " GONE(");
	put_name(v, var_at(v, i), out);
	buffer_text(out, ");");
}

/* Those that are in `a` and not in `b`. */
static void put_all_gone(const struct variables *v,
			 const struct variable_set *a,
			 const struct variable_set *b, struct buffer *out)
{
	uint32_t i;

	for (i = 0; i < v->part->nvars; i++)
		if (is_in(a, i) && !is_in(b, i))
			put_gone(v, i, out);
}

/* Takes back what was not said again. */
static void put_ended(struct variables *v, struct buffer *out)
{
	static const struct variable_set none;

	if (!v->has_ended)
		return;
	put_all_gone(v, &v->ended, &none, out);
	v->ended = v->kept = none;
	v->has_ended = false;
}

static void end(struct variables *v, uint32_t i, bool is_kept)
{
	set_to(&v->ended, i, true);
	set_to(&v->kept, i, is_kept);
	v->has_ended = true;
}

static void local_name(const struct variables *v, const struct local_event *e,
		       char ret[LOCAL_NAME])
{
	snprintf(ret, LOCAL_NAME, "var_%c%u",
		 e->value < v->nparams ? 'p' : 'l', (uint32_t)e->value);
}

/*
 * An active one gets the value that is at its place now; one in memory, the frame's
 * address, to which metadata.c adds: a sum that nothing else needs is in no register.
 */
static void put_value(const struct variables *v, uint32_t i,
		      const struct local_event *e, struct buffer *out)
{
	const struct local_type *t = &var_at(v, i)->type;
	char local[LOCAL_NAME];

	buffer_byte(out, ' ');
	put_name(v, var_at(v, i), out);
	buffer_text(out, " = (");
	vartype_put(t, out);
	if (e->kind == LOCAL_AT)
		buffer_printf(out, ")(%u + (uintptr_t)(u32)",
			      t->in_memory ? 0 : var_at(v, i)->offset);
	else
		buffer_text(out, t->is_pointer ? ")(uintptr_t)(u32)" :
			    t->class == LOCAL_BOOL ? ")(u8)" : ")");
	if (e->kind == LOCAL_IS) {
		buffer_printf(out, "%lluull;", (unsigned long long)e->value);
		return;
	}
	local_name(v, e, local);
	if (e->steps.n)
		expression_put(e->steps, local, e->is_wide, out);
	else
		buffer_text(out, local);
	buffer_text(out, e->kind == LOCAL_AT ? ");" : ";");
}

static void put_declarations(struct variables *v, struct buffer *out)
{
	const struct local_var *var = var_at(v, 0), *end = var + v->part->nvars;

	for (; var < end; var++) {
		if (var->param < v->nparams)
			continue;
		buffer_byte(out, ' ');
		vartype_put(&var->type, out);
		buffer_byte(out, ' ');
		put_name(v, var, out);
		buffer_byte(out, ';');
	}
}

/* Of the function before; labels have numbers up from 0. */
static void forget_labels(struct variables *v)
{
	memset(v->blocks, 0, v->nlabels * sizeof(*v->blocks));
	memset(v->loops, 0, v->nlabels * sizeof(*v->loops));
	v->nlabels = 0;
}

void variables_begin(struct variables *v, uint32_t body, const char *line,
		     struct buffer *out)
{
	struct buffer copies = { 0 };

	line = put_result_type(v, body, line, out);
	v->part = part_of(v, body);
	if (!v->part || !v->part->nvars) {
		v->part = NULL;
		buffer_text(out, line);
		if (v->locals)
			buffer_text(out, " CALLER_SAVED;");
		return;
	}
	v->nparams = (uint32_t)wasm_params(v->m, body).n;
	v->start = (uint32_t)(v->m->bodies[body].p -
			      v->m->section[WASM_CODE].p);
	v->is_lost = false;
	v->is_behind_jump = v->has_ended = false;
	v->framed = UINT32_MAX;
	memset(&v->active, 0, sizeof(v->active));
	memset(&v->ended, 0, sizeof(v->ended));
	memset(&v->kept, 0, sizeof(v->kept));
	forget_labels(v);
	put_params(v, body, line, out, &copies);
	buffer_byte(out, ' ');
	buffer_put(out, copies.p, copies.n);
	out->failed |= copies.failed;
	buffer_free(&copies);
	buffer_text(out, " CALLER_SAVED;");
	put_declarations(v, out);
}

/* Not followed any further: better nothing than something wrong. */
static void lose(struct variables *v, struct buffer *out)
{
	static const struct variable_set none;

	put_all_gone(v, &v->active, &none, out);
	memset(&v->active, 0, sizeof(v->active));
	v->is_lost = true;
}

static bool is_label(const char *text)
{
	return !strncmp(text, "var_", 4) && text[4] >= 'A' && text[4] <= 'Z';
}

static bool is_loop(const char *label)
{
	return label[4] == 'L';
}

/* The number of "var_B12" or "var_Bfunc" at the start of text. */
static unsigned long label_number(struct variables *v, const char *text)
{
	char *end;
	unsigned long n = strtoul(text + 5, &end, 10) + 1;

	if (end == text + 5)
		n = 0;
	if (n >= v->nlabels && n < VARIABLES_LABELS)
		v->nlabels = n + 1;
	return n;
}

/* In front of a jump back to a loop. */
static void before_jump(struct variables *v, unsigned long n,
			struct buffer *out)
{
	uint32_t i;

	if (out->n > FINISH_MAX_TEXT)
		lose(v, out);
	for (i = 0; i < v->part->nvars && !v->is_lost; i++) {
		bool there = is_in(&v->loops[n].any, i);

		if (there && !is_in(&v->active, i))
			put_value(v, i, v->at_loop[n][i], out);
		else if (!there && is_in(&v->active, i))
			put_gone(v, i, out);
	}
}

static void note_jump(struct variables *v, struct variable_label *l)
{
	unsigned int i;

	for (i = 0; i < VARIABLES_MAX / 64; i++) {
		l->any.bits[i] |= v->active.bits[i];
		l->all.bits[i] = l->has_jumps ?
			l->all.bits[i] & v->active.bits[i] : v->active.bits[i];
	}
	l->has_jumps = true;
}

/* A line with jumps in it; out gets the line. */
static void put_jumps(struct variables *v, const char *line, struct buffer *out)
{
	const char *at;

	while ((at = strstr(line, "goto var_"))) {
		const char *label = at + strlen("goto ");
		const char *end = label + strcspn(label, ";");
		unsigned long n = label_number(v, label);

		buffer_put(out, line, (size_t)(at - line));
		if (*end)
			end++;
		if (is_loop(label) && n < VARIABLES_LABELS) {
			buffer_byte(out, '{');
			before_jump(v, n, out);
		} else if (n < VARIABLES_LABELS) {
			note_jump(v, &v->blocks[n]);
		}
		buffer_put(out, at, (size_t)(end - at));
		if (is_loop(label) && n < VARIABLES_LABELS)
			buffer_byte(out, '}');
		line = end;
	}
	buffer_text(out, line);
}

/* The line was a label. */
static void after_label(struct variables *v, const char *text,
			struct buffer *out)
{
	unsigned long n = label_number(v, text);
	struct variable_label *l;
	uint32_t i;

	if (n >= VARIABLES_LABELS) {
		lose(v, out);
		return;
	}
	if (is_loop(text)) {
		v->loops[n].any = v->active;
		memcpy(v->at_loop[n], v->places,
		       v->part->nvars * sizeof(*v->places));
		return;
	}
	l = &v->blocks[n];
	for (i = 0; l->has_jumps && i < v->part->nvars; i++) {
		if (!is_in(&v->active, i) && is_in(&l->any, i))
			end(v, i, v->is_behind_jump && is_in(&l->all, i));
		else if (is_in(&v->active, i) && !is_in(&l->all, i))
			put_value(v, i, v->places[i], out);
	}
}

/* The line may have been an assignment to a local. */
static void after_statement(struct variables *v, const char *text,
			    struct buffer *out)
{
	unsigned long n;
	uint32_t i;
	char *end;

	if (strncmp(text, "var_p", 5) && strncmp(text, "var_l", 5))
		return;
	n = strtoul(text + 5, &end, 10);
	if (strncmp(end, " = ", 3))
		return;
	for (i = 0; i < v->part->nvars; i++)
		if (is_in(&v->active, i) && v->places[i]->kind != LOCAL_IS &&
		    v->places[i]->value == n)
			put_value(v, i, v->places[i], out);
}

/*
 * An indirect call passes all 64 bits of what the callee may have as a pointer,
 * the upper half of which nobody else would clear: "(*)(void*, u32, u32)" of
 * the callee's type becomes "(*)(void*, u64, u64)".
 */
static void put_call(const char *line, struct buffer *out)
{
	const char *type = strstr(line, "(*)(void*");
	const char *end = type ? type + strlen("(*)(void*") : line;

	for (end += strcspn(end, ")"); type && type < end; line = type) {
		type = strstr(type, "u32");
		if (!type || type >= end)
			break;
		buffer_put(out, line, (size_t)(type - line));
		buffer_text(out, "u64");
		type += strlen("u32");
	}
	buffer_text(out, line);
}

void variables_line(struct variables *v, const char *line, struct buffer *out)
{
	const char *text = line + strspn(line, " ");
	bool is_jump = !strncmp(text, "goto var_", strlen("goto var_"));

	if (v->part)
		put_ended(v, out);
	if (!v->part || v->is_lost) {
		buffer_text(out, line);
	} else if (strstr(text, "wasm_rt_try(")) {
		/* It returns a second time, with what was then. */
		lose(v, out);
		buffer_text(out, line);
	} else if (is_label(text)) {
		buffer_text(out, line);
		after_label(v, text, out);
	} else if (strstr(text, "CALL_INDIRECT(")) {
		put_call(line, out);
		after_statement(v, text, out);
	} else {
		put_jumps(v, line, out);
		after_statement(v, text, out);
	}
	v->is_behind_jump = is_jump;
	if (!strcmp(line, "}"))
		v->part = NULL;
}

/* Is this, when the function begins, the parameter that the variable is anyway? */
static bool is_at_entry(const struct variables *v, uint32_t i,
			const struct local_event *e)
{
	return e->kind == LOCAL_IN && !e->steps.n && e->address == v->start &&
	       e->value == var_at(v, i)->param &&
	       var_at(v, i)->param < v->nparams;
}

/* Once for all variables that are there from now on. */
static void keep_frame(struct variables *v, const struct local_event *e,
		       struct buffer *out)
{
	char local[LOCAL_NAME];

	if (e->kind != LOCAL_AT || v->framed == e->address)
		return;
	v->framed = e->address;
	local_name(v, e, local);
	buffer_printf(out, " KEEP(%s);", local);
}

void variables_event(struct variables *v, const struct local_event *event,
		     struct buffer *out)
{
	uint32_t i;

	if (!v->part || v->is_lost || event->var < v->part->first_var)
		return;
	i = event->var - v->part->first_var;
	if (i >= v->part->nvars || i >= VARIABLES_MAX)
		return;
	keep_frame(v, event, out);
	set_to(&v->active, i, event->kind != LOCAL_ENDS);
	v->places[i] = event;
	if (event->kind == LOCAL_ENDS) {
		end(v, i, false);
		return;
	}
	if (!is_in(&v->kept, i) && !is_at_entry(v, i, event))
		put_value(v, i, event, out);
	set_to(&v->ended, i, false);
	set_to(&v->kept, i, false);
}
