// SPDX-License-Identifier: Apache-2.0
/* setjmps.c: functions that call setjmp(), see setjmps.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "finish.h"
#include "setjmps.h"

#define TAG_NAME "__c_longjmp"
#define TRY "WASM_RT_UNWIND_TARGET *var_T"
#define ELSE "} else {"
#define CATCHES "wasm_rt_exception_tag() == "

/* Where a line is. LLVM puts what cannot longjmp() into a try block of its own
 * in the other one, which delegates to the caller. */
enum part { OUTSIDE, BODY, DELEGATED, DELEGATES, CATCH };

struct line {
	const char *p; /* without the spaces in front */
	size_t n, indent;
};

struct function {
	char tag[64];	     /* the expression */
	struct line locals;  /* where they and the parameters are declared */
	struct buffer *out;
	enum part part;
	int depth;	     /* of braces, at the start of the line */
	int depth_of_try, depth_of_inner;
	bool has_try, catches;
	char outer[64], inner_outer[64]; /* what goes from the lines */
};

static bool starts(struct line l, const char *text)
{
	return l.n >= strlen(text) && !memcmp(l.p, text, strlen(text));
}

static bool is(struct line l, const char *text)
{
	return l.n == strlen(text) && starts(l, text);
}

static const char *find(struct line l, const char *text)
{
	return memmem(l.p, l.n, text, strlen(text));
}

/* Ends at *end, behind which *at is then. */
static struct line take(const char **at, const char *end)
{
	const char *newline = memchr(*at, '\n', (size_t)(end - *at));
	struct line l = { *at, (size_t)((newline ? newline : end) - *at), 0 };

	*at = newline ? newline + 1 : end;
	while (l.n && *l.p == ' ') {
		l.p++;
		l.n--;
		l.indent++;
	}
	return l;
}

/* ---- what is put in --------------------------------------------------- */

/* For each parameter and local: format has its letter and number once or twice. */
static void put_locals(struct function *f, const char *format)
{
	struct line rest = f->locals;
	const char *at;

	while ((at = find(rest, "var_")) && f->out->n <= FINISH_MAX_TEXT) {
		char letter = at[4];
		char *end;
		unsigned long n = strtoul(at + 5, &end, 10);

		rest.n -= (size_t)(at + 5 - rest.p);
		rest.p = at + 5;
		if (end != at + 5 && (letter == 'p' || letter == 'l'))
			buffer_printf(f->out, format, letter, n, letter, n);
	}
}

/* Two copies, of which one is whole whenever an interrupt comes. */
static void put_declarations(struct function *f)
{
	buffer_text(f->out,
		    "  NO_DEBUG_VARIABLES WASM_RT_UNWIND_TARGET own_target, "
		    "*outer_target = wasm_rt_get_unwind_target();\n"
		    "  NO_DEBUG_VARIABLES volatile u32 last_kept = 0;\n"
		    "  NO_DEBUG_VARIABLES volatile struct { ");
	put_locals(f, "__typeof__(var_%c%lu) %c%lu; ");
	buffer_text(f->out, "} kept[2];\n");
}

static void put_keeping(struct function *f)
{
	buffer_text(f->out, "  { ");
	put_locals(f, "kept[!last_kept].%c%lu = var_%c%lu; ");
	buffer_text(f->out, "last_kept = !last_kept; "
		    "wasm_rt_set_unwind_target(&own_target); }\n");
}

static void put_restoring(struct function *f)
{
	buffer_text(f->out, "  { ");
	put_locals(f, "var_%c%lu = kept[last_kept].%c%lu; ");
	buffer_text(f->out, "}\n");
}

/* The line without what puts the targets of the removed tries back. */
static void put_line(struct function *f, struct line l)
{
	const char *const gone[] = { f->outer, f->inner_outer };
	unsigned int i;

	buffer_printf(f->out, "%*s", (int)l.indent, "");
	while (l.n) {
		size_t before = l.n, skip = 0;

		for (i = 0; i < 2; i++) {
			const char *at = *gone[i] ? find(l, gone[i]) : NULL;

			if (at && (size_t)(at - l.p) < before) {
				before = (size_t)(at - l.p);
				skip = strlen(gone[i]);
			}
		}
		buffer_put(f->out, l.p, before);
		l.p += before + skip;
		l.n -= before + skip;
	}
	buffer_byte(f->out, '\n');
}

/* ---- line by line ----------------------------------------------------- */

/* "var_i0 = w2c_guest_f7(instance, var_i0);" */
static bool is_call(struct line l)
{
	static const char *const names[] = { "w2c_env_i",
					     "w2c_" FINISH_NAME "_f" };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		const char *at = find(l, names[i]);

		if (!at)
			continue;
		at += strlen(names[i]);
		if (at[strspn(at, "0123456789")] == '(')
			return true;
	}
	return find(l, "CALL_INDIRECT(");
}

/* Is this call followed by an unreachable? A mark may be in between. */
static bool does_not_return(const char *next, const char *end)
{
	struct line l;

	do
		l = take(&next, end);
	while (starts(l, "var_j") && find(l, "ull;"));
	return is(l, "UNREACHABLE;");
}

static void set_outer(char outer[64], struct line l)
{
	snprintf(outer, 64, "wasm_rt_set_unwind_target(var_T%lu_outer_target);",
		 strtoul(l.p + strlen(TRY), NULL, 10));
}

/* A declaration of the removed try whose number is in outer, or its start. */
static bool try_line(struct function *f, struct line l)
{
	bool is_inner = f->part == DELEGATED;

	if (starts(l, "WASM_RT_UNWIND_TARGET var_T"))
		return true;
	if (starts(l, "wasm_rt_set_unwind_target(&var_T")) {
		if (!is_inner)
			buffer_printf(f->out, "  own_target.tag = %s; "
				      "own_target.outer = outer_target;\n",
				      f->tag);
		return true;
	}
	if (!starts(l, "if (!wasm_rt_try("))
		return false;
	/* Once in force, it must not be written to. */
	buffer_text(f->out, is_inner ? "  if (1) {\n" :
		    "  if (wasm_rt_get_unwind_target() == &own_target || "
		    "!wasm_rt_try(own_target)) {\n");
	return true;
}

static bool outside_line(struct function *f, struct line l)
{
	if (starts(l, TRY)) {
		if (f->has_try)
			return false;
		f->has_try = true;
		f->part = BODY;
		f->depth_of_try = f->depth;
		set_outer(f->outer, l);
		return true;
	}
	if (is(l, "FUNC_EPILOGUE;"))
		buffer_text(f->out,
			    "  wasm_rt_set_unwind_target(outer_target);\n");
	put_line(f, l);
	if (is(l, "FUNC_PROLOGUE;"))
		put_declarations(f);
	return true;
}

static bool body_line(struct function *f, struct line l)
{
	if (try_line(f, l))
		return true;
	if (starts(l, TRY)) {
		f->part = DELEGATED;
		f->depth_of_inner = f->depth;
		set_outer(f->inner_outer, l);
		return true;
	}
	if (find(l, "wasm_rt_throw()") || find(l, "wasm_rt_load_exception("))
		return false;
	if (is_call(l))
		put_keeping(f);
	put_line(f, l);
	if (is(l, ELSE) && f->depth == f->depth_of_try + 1) {
		f->part = CATCH;
		put_restoring(f);
	}
	return true;
}

static bool delegated_line(struct function *f, struct line l)
{
	if (try_line(f, l))
		return true;
	if (starts(l, TRY) || find(l, "wasm_rt_throw()"))
		return false;
	put_line(f, l);
	if (is(l, ELSE) && f->depth == f->depth_of_inner + 1)
		f->part = DELEGATES;
	return true;
}

/* Nothing but "not to the try around this one", and throw. */
static bool delegates_line(struct function *f, struct line l)
{
	put_line(f, l);
	return is(l, f->outer) || is(l, "wasm_rt_throw();") || is(l, "}");
}

static bool catch_line(struct function *f, struct line l, struct line next)
{
	if (starts(l, TRY) || find(l, "for rethrow"))
		return false;
	if (find(l, "wasm_rt_exception_tag()")) {
		if (f->catches || !starts(l, "if (") || !find(l, f->tag) ||
		    !is(next, "wasm_rt_memcpy(&var_i0, wasm_rt_exception(), "
			"sizeof(u32));"))
			return false;
		f->catches = true;
	} else if (starts(l, "} else") && f->depth == f->depth_of_try + 2 &&
		   (!is(l, ELSE) || !is(next, "wasm_rt_throw();"))) {
		return false; /* it has more than one catch */
	}
	put_line(f, l);
	return true;
}

static bool function_line(struct function *f, struct line l, const char *at,
			  const char *end)
{
	if (find(l, "goto var_T") && find(l, "_catch;"))
		return false; /* a throw */
	if (f->part != BODY && f->part != DELEGATED && is_call(l) &&
	    does_not_return(at, end))
		buffer_text(f->out,
			    "  wasm_rt_set_unwind_target(outer_target);\n");
	switch (f->part) {
	case OUTSIDE:
		return outside_line(f, l);
	case BODY:
		return body_line(f, l);
	case DELEGATED:
		return delegated_line(f, l);
	case DELEGATES:
		return delegates_line(f, l);
	case CATCH:
		return catch_line(f, l, take(&at, end));
	}
	return false;
}

static void count_braces(struct function *f, struct line l)
{
	size_t i;

	for (i = 0; i < l.n; i++)
		f->depth += (l.p[i] == '{') - (l.p[i] == '}');
	if (f->part == CATCH && f->depth < f->depth_of_try)
		f->part = OUTSIDE;
	if (f->part == DELEGATES && f->depth < f->depth_of_inner) {
		f->part = BODY;
		*f->inner_outer = 0;
	}
}

/* False: it is none of LLVM's. */
static bool put_function(struct function *f, const char *at, const char *end)
{
	while (at < end) {
		struct line l = take(&at, end);

		if (!function_line(f, l, at, end) || f->out->n > FINISH_MAX_TEXT)
			return false;
		count_braces(f, l);
	}
	return f->catches && f->part == OUTSIDE;
}

/* Where it is caught, the whole expression is. */
static bool take_tag(struct function *f, struct line part, const char *begins)
{
	const char *at = find(part, begins);
	char next = at ? at[strlen(begins)] : 0;

	if (next != ')' && next != '_')
		return false;
	at += strlen(CATCHES);
	snprintf(f->tag, sizeof(f->tag), "%.*s", (int)strcspn(at, ")"), at);
	return true;
}

/* Text that ends with a function, if there is one in it. */
static void rewrite_part(const char *tag, const char *p, size_t n,
			 struct buffer *out)
{
	struct line part = { p, n, 0 };
	const char *locals = find(part, " w2c_" FINISH_NAME "_f");
	const char *prologue = find(part, "\n  FUNC_PROLOGUE;\n");
	struct function f = { .out = out };
	size_t before = out->n;

	if (locals && prologue && locals < prologue &&
	    take_tag(&f, part, tag)) {
		f.locals.p = locals;
		f.locals.n = (size_t)(prologue - locals);
		if (put_function(&f, p, p + n))
			return;
		out->n = before;
	}
	buffer_put(out, p, n);
}

/* How the tag's expression begins; the end is of wasm2c's making. */
static bool find_tag(const struct wasm_module *m, char tag[64])
{
	uint32_t i;

	for (i = 0; i < m->nimports; i++)
		if (m->imports[i].kind == WASM_K_TAG &&
		    wasm_slice_is(m->imports[i].name, TAG_NAME)) {
			snprintf(tag, 64, CATCHES "w2c_env_i%u", i);
			return true;
		}
	for (i = 0; i < m->nexports; i++)
		if (m->exports[i].kind == WASM_K_TAG &&
		    wasm_slice_is(m->exports[i].name, TAG_NAME)) {
			snprintf(tag, 64, CATCHES "&w2c_" FINISH_NAME "_e%u",
				 m->exports[i].index);
			return true;
		}
	return false;
}

void setjmps_rewrite(const struct wasm_module *m, struct buffer *text)
{
	const char *p = (const char *)text->p, *end;
	struct buffer out = { 0 };
	char tag[64];

	if (!find_tag(m, tag))
		return;
	while ((end = strstr(p, "\n}\n"))) {
		end += strlen("\n}\n");
		rewrite_part(tag, p, (size_t)(end - p), &out);
		p = end;
	}
	buffer_put(&out, p, strlen(p) + 1);
	buffer_free(text);
	*text = out;
}
