// SPDX-License-Identifier: Apache-2.0
/* probes.c: touches new stack frames, see probes.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes.h"

#define NAME "__stack_pointer"
/* What the kernel puts below a stack: a page. */
#define GUARD 4096
/* How many statements are looked at for what became the stack pointer: of the same
 * straight line; for locals that are set elsewhere, in a whole file. */
#define MAX_BACK 256
#define MAX_FAR (1u << 22)
/* Of a variable's name and a number; anything longer is neither. */
#define MAX_TEXT 48

struct probes {
	const char *text;
	char pointer[MAX_TEXT]; /* the stack pointer in C */
	unsigned int far;	/* statements that may still be looked at */
};

struct statement {
	const char *p; /* without the spaces in front */
	size_t n;      /* without the line's end */
};

/* Goes back through the text, line by line. */
struct cursor {
	const char *end; /* of what is in front of it */
	unsigned int left;
};

/* Where a value comes from, and what was done to it since. */
struct origin {
	enum { OTHER, POINTER, LOCAL } base;
	char local[MAX_TEXT]; /* whose assignment is not in front of it */
	unsigned int steps;
	bool is_lowered;
	bool is_little; /* by no more than the guard, in one step */
};

/* false: m has no stack pointer. */
static bool find_pointer(const struct wasm_module *m, char ret[MAX_TEXT])
{
	uint32_t i;

	for (i = 0; i < m->nimports; i++) {
		if (m->imports[i].kind != WASM_K_GLOBAL ||
		    !wasm_slice_is(m->imports[i].name, NAME))
			continue;
		snprintf(ret, MAX_TEXT, "(*instance->w2c_env_i%u)", i);
		return m->globals[m->imports[i].index].type == WASM_I32;
	}
	for (i = 0; i < m->nexports; i++) {
		if (m->exports[i].kind != WASM_K_GLOBAL ||
		    !wasm_slice_is(m->exports[i].name, NAME))
			continue;
		snprintf(ret, MAX_TEXT, "instance->w2c_g%u", m->exports[i].index);
		return m->globals[m->exports[i].index].type == WASM_I32;
	}
	return false;
}

/* ---- statements ------------------------------------------------------- */

static bool starts(struct statement s, const char *text)
{
	return s.n >= strlen(text) && !memcmp(s.p, text, strlen(text));
}

static struct statement previous(const struct probes *b, struct cursor *c)
{
	const char *end = c->end, *p = end;

	while (p > b->text && p[-1] != '\n')
		p--;
	c->end = p > b->text ? p - 1 : p;
	for (; p < end && *p == ' '; p++)
		;
	return (struct statement){ p, (size_t)(end - p) };
}

static bool is_variable(const char *operand)
{
	return !strncmp(operand, "var_", 4);
}

/* "TARGET += OPERAND;" and the like: the operator's first character. 0: s does not write
 * to the target. '?': nobody knows what. */
static char assignment(struct statement s, const char *target,
		       char operand[MAX_TEXT])
{
	static const char *const operators[] = { " = ", " -= ", " += ", " &= " };
	unsigned int i;

	if (!starts(s, target) || s.p[strlen(target)] != ' ')
		return 0;
	s.p += strlen(target);
	s.n -= strlen(target);
	for (i = 0; i < 4; i++) {
		size_t skip = strlen(operators[i]);

		if (!starts(s, operators[i]) || s.n < skip + 2 ||
		    s.n - skip > MAX_TEXT)
			continue;
		s.n -= skip + strlen(";");
		memcpy(operand, s.p + skip, s.n);
		operand[s.n] = 0;
		return operators[i][1];
	}
	return '?';
}

/* Is there another way to what follows than from what is in front? */
static bool is_boundary(struct statement s)
{
	return !s.n || *s.p == '{' || *s.p == '}' || s.p[s.n - 1] == '{' ||
	       (starts(s, "var_") && s.p[4] >= 'A' && s.p[4] <= 'Z');
}

/* ---- values ----------------------------------------------------------- */

/* What a variable was last set by, where the cursor is then; see assignment(). 0: not in
 * front of the cursor. */
static char definition(const struct probes *b, struct cursor *c,
		       const char *variable, char operand[MAX_TEXT])
{
	while (c->left && c->end > b->text) {
		struct statement s = previous(b, c);
		char how = assignment(s, variable, operand);

		c->left--;
		if (how)
			return how;
		if (is_boundary(s))
			break;
	}
	return 0;
}

/* At the cursor, is that variable a number, and which? */
static bool number_in(const struct probes *b, struct cursor c,
		      const char *variable, uint32_t *ret)
{
	char operand[MAX_TEXT], *end;

	if (definition(b, &c, variable, operand) != '=' ||
	    !isdigit((unsigned char)*operand))
		return false;
	*ret = (uint32_t)strtoul(operand, &end, 10);
	return !strcmp(end, "u");
}

/* One thing that was done to a value: how, and with the variable operand. */
static void add_step(const struct probes *b, struct cursor c, char how,
		     const char *operand, struct origin *o)
{
	uint32_t n = 0;
	bool is_known = number_in(b, c, operand, &n);

	o->steps++;
	o->is_little = false;
	if (how == '+') {
		/* That it is a subtraction, a constant says; else it may be one. */
		if (is_known && n <= INT32_MAX)
			return;
		n = -n;
	}
	o->is_lowered = true;
	o->is_little = how != '&' && is_known && n <= GUARD && o->steps == 1;
}

/* Of the variable at the cursor, where the cursor is then. */
static struct origin origin_of(const struct probes *b, struct cursor *c,
			       const char *variable)
{
	struct origin o = { .base = OTHER };
	char name[MAX_TEXT], operand[MAX_TEXT];
	char how;

	snprintf(name, sizeof(name), "%s", variable);
	while ((how = definition(b, c, name, operand))) {
		if (how == '?')
			return o;
		if (how != '=') {
			add_step(b, *c, how, operand, &o);
			continue;
		}
		if (!is_variable(operand)) {
			o.base = strcmp(operand, b->pointer) ? OTHER : POINTER;
			return o;
		}
		memcpy(name, operand, sizeof(name));
	}
	o.base = LOCAL;
	memcpy(o.local, name, sizeof(name));
	return o;
}

/* Does a local get the stack pointer, or what was made of it, in front of the cursor, in
 * the same function? */
static bool is_of_stack(struct probes *b, struct cursor c, const char *local,
			unsigned int depth)
{
	char operand[MAX_TEXT];

	while (b->far && c.end > b->text) {
		struct statement s = previous(b, &c);
		struct cursor here = { c.end, MAX_BACK };
		struct origin o;

		b->far--;
		if (s.n && (s.p == b->text || s.p[-1] == '\n'))
			break; /* the function's first line */
		if (assignment(s, local, operand) != '=' || !is_variable(operand))
			continue;
		o = origin_of(b, &here, operand);
		if (o.base == POINTER || (o.base == LOCAL && depth &&
		    is_of_stack(b, here, o.local, depth - 1)))
			return true;
	}
	return false;
}

/* ---- the text --------------------------------------------------------- */

/* Does a write of that value make a frame? A local as it is may be the stack pointer that
 * a catch puts back, and what is in force then the end of a handler's other stack. */
static bool is_frame(struct probes *b, struct cursor c, const struct origin *o)
{
	return o->is_lowered && (o->base == POINTER ||
	       (o->base == LOCAL && is_of_stack(b, c, o->local, 2)));
}

/* The line at p, "POINTER = VARIABLE;", of which the spaces were put. */
static void put_set(struct probes *b, const char *p, struct buffer *out)
{
	struct statement s = { p, strcspn(p, "\n") };
	struct origin o = { .base = OTHER };
	struct cursor c = { p, MAX_BACK };
	char variable[MAX_TEXT];
	bool has_frame = false;

	previous(b, &c); /* nothing but spaces */
	if (assignment(s, b->pointer, variable) == '=' && is_variable(variable)) {
		o = origin_of(b, &c, variable);
		has_frame = is_frame(b, c, &o);
	}
	if (has_frame && o.base == POINTER && o.is_little) {
		buffer_put(out, s.p, s.n);
		buffer_printf(out, "\n  probe(%s);", variable);
		return;
	}
	if (has_frame)
		buffer_printf(out, "probe_down(%s, %s, %d);\n  ", b->pointer,
			      variable, GUARD);
	buffer_put(out, s.p, s.n);
}

void probes_rewrite(const struct wasm_module *m, struct buffer *text)
{
	struct probes b = { .text = (const char *)text->p, .far = MAX_FAR };
	const char *p = b.text, *at;
	struct buffer out = { 0 };
	char set[MAX_TEXT + 8];

	if (text->failed || !find_pointer(m, b.pointer))
		return;
	snprintf(set, sizeof(set), "  %s = ", b.pointer);
	while ((at = strstr(p, set))) {
		at += strlen("  ");
		buffer_put(&out, p, (size_t)(at - p));
		put_set(&b, at, &out);
		p = at + strcspn(at, "\n");
	}
	buffer_put(&out, p, strlen(p) + 1);
	buffer_free(text);
	*text = out;
}
