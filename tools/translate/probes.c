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
/* How many statements are looked at for what became the stack pointer. */
#define MAX_BACK 256
/* Of a variable's name and a number; anything longer is neither. */
#define MAX_TEXT 48

struct statement {
	const char *p; /* without the spaces in front */
	size_t n;      /* without the line's end */
};

/* Goes back through a text, line by line. */
struct cursor {
	const char *start, *end; /* of what is in front of it */
	unsigned int left;	 /* statements that it may still look at */
};

/* A value that was computed. */
enum change { OTHER, LOWERED, LOWERED_LITTLE };

/* The stack pointer of m in C; false: there is none. */
static bool find_pointer(const struct wasm_module *m, char ret[MAX_TEXT])
{
	uint32_t i;

	for (i = 0; i < m->nimports; i++) {
		if (m->imports[i].kind != WASM_K_GLOBAL ||
		    !wasm_slice_is(m->imports[i].name, NAME))
			continue;
		snprintf(ret, MAX_TEXT, "(*instance->w2c_env_i%u)", i);
		return true;
	}
	for (i = 0; i < m->nexports; i++) {
		if (m->exports[i].kind != WASM_K_GLOBAL ||
		    !wasm_slice_is(m->exports[i].name, NAME))
			continue;
		snprintf(ret, MAX_TEXT, "instance->w2c_g%u", m->exports[i].index);
		return true;
	}
	return false;
}

static bool starts(struct statement s, const char *text)
{
	return s.n >= strlen(text) && !memcmp(s.p, text, strlen(text));
}

static struct statement previous(struct cursor *c)
{
	const char *end = c->end, *p = end;

	while (p > c->start && p[-1] != '\n')
		p--;
	c->end = p > c->start ? p - 1 : p;
	for (; p < end && *p == ' '; p++)
		;
	return (struct statement){ p, (size_t)(end - p) };
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
	       (s.n > 2 && !memcmp(s.p + s.n - 2, ":;", 2));
}

/* What a variable was last set by, where the cursor is then; see assignment(). */
static char definition(struct cursor *c, const char *variable,
		       char operand[MAX_TEXT])
{
	while (c->left && c->end > c->start && !strncmp(variable, "var_", 4)) {
		struct statement s = previous(c);
		char how = assignment(s, variable, operand);

		c->left--;
		if (how)
			return how;
		if (is_boundary(s))
			break;
	}
	return '?';
}

/* At the cursor, is that variable a number, and which? */
static bool number_in(struct cursor c, const char *variable, uint32_t *ret)
{
	char operand[MAX_TEXT], *end;

	if (definition(&c, variable, operand) != '=' ||
	    !isdigit((unsigned char)*operand))
		return false;
	*ret = (uint32_t)strtoul(operand, &end, 10);
	return !strcmp(end, "u");
}

/* What the variable is at the cursor. */
static enum change change_of(struct cursor c, const char *variable)
{
	char name[MAX_TEXT], operand[MAX_TEXT];
	bool is_aligned = false, is_known;
	uint32_t n;
	char how;

	snprintf(name, sizeof(name), "%s", variable);
	while ((how = definition(&c, name, operand)) == '=' || how == '&') {
		if (how == '&')
			is_aligned = true;
		else
			memcpy(name, operand, sizeof(name));
	}
	if (how == '?')
		return OTHER;
	is_known = number_in(c, operand, &n);
	if (how == '+') {
		/* That it is a subtraction, only its constant says. */
		if (!is_known || n <= INT32_MAX)
			return OTHER;
		n = -n;
	}
	return is_known && n <= GUARD && !is_aligned ? LOWERED_LITTLE : LOWERED;
}

/* The line at p, "POINTER = VARIABLE;", of which the spaces were put. */
static void put_set(const char *text, const char *p, const char *pointer,
		    struct buffer *out)
{
	struct cursor c = { text, p, MAX_BACK };
	struct statement s = { p, strcspn(p, "\n") };
	char variable[MAX_TEXT];
	enum change change = OTHER;

	while (c.end > c.start && c.end[-1] == ' ')
		c.end--;
	c.end -= c.end > c.start;
	if (assignment(s, pointer, variable) == '=')
		change = change_of(c, variable);
	if (change == LOWERED)
		buffer_printf(out, "probe_down(%s, %s, %d);\n  ", pointer,
			      variable, GUARD);
	buffer_put(out, s.p, s.n);
	if (change == LOWERED_LITTLE)
		buffer_printf(out, "\n  probe(%s);", variable);
}

void probes_rewrite(const struct wasm_module *m, struct buffer *text)
{
	char pointer[MAX_TEXT], set[MAX_TEXT + 8];
	const char *start = (const char *)text->p, *p = start, *at;
	struct buffer out = { 0 };

	if (text->failed || !find_pointer(m, pointer))
		return;
	snprintf(set, sizeof(set), "  %s = ", pointer);
	while ((at = strstr(p, set))) {
		at += strlen("  ");
		buffer_put(&out, p, (size_t)(at - p));
		put_set(start, at, pointer, &out);
		p = at + strcspn(at, "\n");
	}
	buffer_put(&out, p, strlen(p) + 1);
	buffer_free(text);
	*text = out;
}
