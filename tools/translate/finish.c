// SPDX-License-Identifier: Apache-2.0
/* finish.c: C to C, see finish.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catches.h"
#include "file.h"
#include "finish.h"
#include "names.h"
#include "probes.h"
#include "setjmps.h"
#include "symbols.h"
#include "variables.h"

struct finishing {
	const struct wasm_module *m;
	const struct prepared *p;
	const struct marks *marks;
	struct variables *variables;
	char **names;		 /* of functions, see names.h */
	struct buffer wraps;	 /* declarations of import trampolines */
	bool has_import_function;
	bool has_no_debug; /* in this file, see lined_function() */
	bool is_lined; /* in a function with lines, */
	const struct line_row *row; /* at this one, or NULL: in its head */
};

/* The number after prefix at the start of s, or -1. */
static long number_after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);
	char *end;
	long value;

	if (strncmp(s, prefix, n) || s[n] < '0' || s[n] > '9')
		return -1;
	value = strtol(s + n, &end, 10);
	return value;
}

/* The number after the first occurrence of prefix in s, or -1. */
static long number_in(const char *s, const char *prefix)
{
	const char *at = strstr(s, prefix);

	return at ? number_after(at, prefix) : -1;
}

static bool starts_with(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

/* The line without its last character, which is a semicolon. */
static void put_declaration(struct buffer *out, const char *line)
{
	buffer_put(out, line, strlen(line) - 1);
}

static bool is_declaration(const char *line)
{
	size_t n = strlen(line);

	return n && line[n - 1] == ';' && line[0] != ' ' && line[0] != '#';
}

/* "<type> w2c_env_i7(struct w2c_env*, ...);" */
static bool import_declaration(struct finishing *f, const char *line,
			       struct buffer *out)
{
	long i = number_in(line, " w2c_env_i");

	if (i < 0)
		i = number_in(line, "*w2c_env_i");
	if (!is_declaration(line) || i < 0 || i >= f->m->nimports)
		return false;
	/* An imported tag is an object, and the module's own. */
	if (f->m->imports[i].kind == WASM_K_TAG) {
		buffer_text(out, line);
		return true;
	}
	put_declaration(out, line);
	buffer_text(out, " GUEST_IMPORT(\"");
	names_put_import(out, f->m, (uint32_t)i);
	buffer_text(out, "\");");
	return true;
}

/* "  u32 w2c_g3;" and "  u32 *w2c_env_i2;" in the instance. */
static bool instance_field(struct finishing *f, const char *line,
			   struct buffer *out)
{
	long g = number_in(line, " w2c_g");
	long i = number_in(line, " *w2c_env_i");

	if (line[0] != ' ' || line[strlen(line) - 1] != ';')
		return false;
	if (i >= 0 && i < f->m->nimports &&
	    f->m->imports[i].kind == WASM_K_GLOBAL)
		g = f->m->imports[i].index;
	if (g < 0 || g >= f->m->nglobals || !f->m->globals[g].is_mutable ||
	    f->m->globals[g].type < WASM_F64)
		return false;
	buffer_text(out, "  volatile");
	buffer_text(out, line + 1);
	return true;
}

static void header_line(struct finishing *f, const char *line,
			struct buffer *out)
{
	if (starts_with(line, "#include \"wasm-rt.h\"")) {
		/* How debuggers are to call it. */
		buffer_text(out, "#include \"guest_ops.h\"\n"
			    "#define w2c_" FINISH_NAME " wasm_instance\n");
		describe_segments(out, f->m);
		return;
	}
	if (starts_with(line, "#include \"wasm-rt-exceptions.h\""))
		return;
	if (starts_with(line, "} w2c_" FINISH_NAME ";"))
		buffer_text(out, "  struct guest_exception exception;\n"
			 "  struct w2c_env *env; /* for what prepare.h adds */\n");
	if (!import_declaration(f, line, out) && !instance_field(f, line, out))
		buffer_text(out, line);
	buffer_byte(out, '\n');
}

/* "u32 w2c_guest_f7(w2c_guest*, u32);" and how its name is to be spelled. */
static bool function_declaration(struct finishing *f, const char *line,
				 struct buffer *out)
{
	static const char *const helpers[PREPARE_NHELPERS] = {
		"guest_notify", "guest_wait32", "guest_wait64"
	};
	long n = number_in(line, " w2c_" FINISH_NAME "_f");
	unsigned int i;

	if (!is_declaration(line) || n < 0)
		return false;
	for (i = 0; i < PREPARE_NHELPERS; i++) {
		if (!n || f->p->helper[i] != (uint32_t)n)
			continue;
		put_declaration(out, line);
		buffer_printf(out, " __asm__(\"%s\");", helpers[i]);
		return true;
	}
	if (n >= f->m->count[WASM_K_FUNC] || !f->names[n])
		return false;
	buffer_printf(out, "#define w2c_" FINISH_NAME "_f%ld w2c_" FINISH_NAME
		      "_f%ld", n, n);
	symbols_put_padding(out, (uint32_t)n, f->names[n]);
	buffer_byte(out, '\n');
	variables_put_prototype(f->variables, (uint32_t)n -
				f->m->imported[WASM_K_FUNC], line, out);
	return true;
}

/* guest-impl.h: a template, which is cut, and then declarations. */
static void impl_line(struct finishing *f, const char *line, bool *in_template,
		      struct buffer *out)
{
	if (*in_template) {
		if (!strstr(line, "w2c_" FINISH_NAME "_") &&
		    !strstr(line, "wasm_tag_placeholder_t") &&
		    !starts_with(line, "#ifndef wasm_multi_"))
			return;
		*in_template = false;
		buffer_text(out, "#include \"" FINISH_NAME ".h\"\n");
	}
	if (!function_declaration(f, line, out))
		buffer_text(out, line);
	buffer_byte(out, '\n');
}

/* A line with every occurrence of one text replaced by another. */
static void put_replaced(struct buffer *out, const char *line,
			 const char *from, const char *to)
{
	const char *at;

	while ((at = strstr(line, from))) {
		buffer_put(out, line, (size_t)(at - line));
		buffer_text(out, to);
		line = at + strlen(from);
	}
	buffer_text(out, line);
}

/* Begin a line of text for this row. */
static void put_row(struct finishing *f, const struct line_row *row,
		    struct buffer *out)
{
	f->row = row;
	marks_put_row((size_t)(row - f->marks->lines->rows), out);
}

static bool is_at_row(const struct finishing *f, const struct line_row *row)
{
	const struct line_row *rows = f->marks->lines->rows;

	return marks_is_same_place(f->marks, (size_t)(row - rows),
				   (size_t)(f->row - rows));
}

/* Slots of wasm's stack, "  u32 var_i0, var_i1;", say nothing in a debugger:
 * what is in them comes from the locals, or goes there. */
static bool is_slots(const char *line)
{
	static const char *const starts[] = { "u32 var_i", "u64 var_j",
					      "f32 var_f", "f64 var_d" };
	unsigned int i;

	line += strspn(line, " ");
	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (starts_with(line, starts[i]))
			return true;
	return false;
}

static void lined_statement(struct finishing *f, const char *line,
			    struct buffer *out)
{
	const struct local_event *event;
	const struct line_row *row;

	if (!marks_of_line(f->marks, line, &row, &event)) {
		if (is_slots(line))
			buffer_text(out, "NO_DEBUG_VARIABLES");
		variables_line(f->variables, line, out);
	} else if (event) {
		variables_event(f->variables, event, out);
	} else if (!f->row || !is_at_row(f, row)) {
		put_row(f, row, out);
	}
}

/*
 * A function whose lines are known: the statements of one row become one line,
 * so that the compiler does not count on. Everything outside of such functions
 * is between NO_DEBUG_BEGIN and NO_DEBUG_END.
 */
static bool lined_function(struct finishing *f, const char *line,
			   struct buffer *out)
{
	long n = number_in(line, " w2c_" FINISH_NAME "_f");

	if (f->is_lined) {
		lined_statement(f, line, out);
		if (!strcmp(line, "}")) {
			buffer_text(out, "\nNO_DEBUG_BEGIN\n");
			f->is_lined = false;
		}
		return true;
	}
	n -= f->m->imported[WASM_K_FUNC];
	if (!f->marks->high || line[0] == ' ' || !*line ||
	    line[strlen(line) - 1] != '{' || n < 0 || n >= f->m->nbodies ||
	    f->marks->first[n] == NO_ROW)
		return false;
	buffer_text(out, "NO_DEBUG_END");
	marks_put_head(f->marks, out);
	variables_begin(f->variables, (uint32_t)n, line, out);
	f->is_lined = true;
	f->row = NULL;
	return true;
}

enum skip { SKIP_NOTHING, SKIP_BODY, SKIP_ARRAY };

static bool is_helper(const struct finishing *f, long n)
{
	unsigned int i;

	for (i = 0; i < PREPARE_NHELPERS; i++)
		if (n > 0 && f->p->helper[i] == (uint32_t)n)
			return true;
	return false;
}

/* Things in guest_N.c that go: what guest_module replaces, segments (they come
 * by .incbin), trampolines to own functions, bodies of helpers. */
static enum skip what_to_skip(const struct finishing *f, const char *line)
{
	size_t n = strlen(line);

	if (!n || line[n - 1] != '{' || line[0] == ' ')
		return SKIP_NOTHING;
	if (starts_with(line, "const u8 data_segment_data_"))
		return SKIP_ARRAY;
	if (starts_with(line, "void wasm2c_" FINISH_NAME "_free(") ||
	    starts_with(line, "wasm_rt_func_type_t wasm2c_") ||
	    strstr(line, " wrap_w2c_" FINISH_NAME "_f") ||
	    is_helper(f, number_in(line, " w2c_" FINISH_NAME "_f")))
		return SKIP_BODY;
	return SKIP_NOTHING;
}

/* "static u32 wrap_w2c_env_i3(void *instance, u32 var_0) {" */
static bool wrap_start(struct finishing *f, const char *line,
		       struct buffer *out)
{
	static const char prefix[] = "static ";
	size_t n = strlen(line);

	if (!starts_with(line, prefix) || !strstr(line, " wrap_w2c_env_i") ||
	    line[n - 1] != '{')
		return false;
	line += strlen(prefix);
	n -= strlen(prefix);
	buffer_put(&f->wraps, line, n - 2);
	buffer_text(&f->wraps, ";\n");
	buffer_text(out, line);
	return true;
}

/* "var_r1 = (wasm_rt_funcref_t){TYPE, FUNCTION, {NULL}, INSTANCE};" */
static void reference_line(const char *line, struct buffer *out)
{
	const char *rest = strstr(line, ", {NULL}, ");
	const char *wrap = strstr(line, "wrap_w2c_" FINISH_NAME "_f");

	if (wrap && rest && wrap < rest) {
		buffer_put(out, line, (size_t)(wrap - line));
		line = wrap + strlen("wrap_");
	}
	if (rest) {
		buffer_put(out, line, (size_t)(rest - line));
		line = "};";
	}
	buffer_text(out, line);
}

static void code_line(struct finishing *f, const char *line, enum skip *skip,
		      struct buffer *out)
{
	if (*skip == SKIP_NOTHING)
		*skip = what_to_skip(f, line);
	if (*skip != SKIP_NOTHING) {
		if (!strcmp(line, *skip == SKIP_BODY ? "}" : "};"))
			*skip = SKIP_NOTHING;
		return;
	}
	if (starts_with(line, "static void init_instance_import("))
		f->has_import_function = true;
	if (starts_with(line, "  {Ref") || starts_with(line, "  {GlobalGet")) {
		struct buffer tmp = { 0 };

		put_replaced(&tmp, line, "{NULL}, ", "");
		buffer_byte(&tmp, 0);
		out->failed |= tmp.failed;
		if (!tmp.failed)
			put_replaced(out, (char *)tmp.p,
				     "wrap_w2c_" FINISH_NAME "_f",
				     "w2c_" FINISH_NAME "_f");
		buffer_free(&tmp);
	} else if (starts_with(line, "  return w2c_env_i")) {
		put_replaced(out, line, "(struct w2c_env*) instance",
			     "((w2c_" FINISH_NAME " *)instance)->"
			     "w2c_env_instance");
	} else if (strstr(line, "(wasm_rt_funcref_t){w2c_")) {
		reference_line(line, out);
	} else if (lined_function(f, line, out)) {
		return;
	} else if (!strcmp(line, "#include \"" FINISH_NAME "-impl.h\"")) {
		buffer_printf(out, "%s\nNO_DEBUG_BEGIN", line);
		f->has_no_debug = true;
	} else if (!wrap_start(f, line, out)) {
		buffer_text(out, line);
	}
	buffer_byte(out, '\n');
}

/* Ends the line in place and moves *next behind it; NULL at the end. The head of
 * a function may have several lines, which become one. */
static char *take_line(char **next)
{
	char *line = *next, *end;

	if (!*line)
		return NULL;
	end = strchr(line, '\n');
	while (end && *line != ' ' && end - line > 2 &&
	       !memcmp(end - 2, ", ", 2)) {
		*end = ' ';
		end = strchr(end, '\n');
	}
	if (end) {
		*end = 0;
		*next = end + 1;
	} else {
		*next = line + strlen(line);
	}
	return line;
}

static int finish_header(struct finishing *f, const char *dir,
			 struct failure *failure)
{
	struct buffer in = { 0 }, out = { 0 };
	char *next, *line;
	int err = file_read_text(dir, FINISH_NAME ".h", &in, failure);

	for (next = (char *)in.p; !err && (line = take_line(&next));)
		header_line(f, line, &out);
	if (!err)
		err = file_write(dir, FINISH_NAME ".h", &out, failure);
	buffer_free(&in);
	buffer_free(&out);
	return err;
}

static int finish_impl(struct finishing *f, const char *dir,
		       struct failure *failure)
{
	struct buffer in = { 0 }, out = { 0 };
	bool in_template = true;
	char *next, *line;
	int err = file_read_text(dir, FINISH_NAME "-impl.h", &in, failure);

	for (next = (char *)in.p; !err && (line = take_line(&next));)
		impl_line(f, line, &in_template, &out);
	if (in_template)
		buffer_text(&out, "#include \"" FINISH_NAME ".h\"\n");
	buffer_put(&out, f->wraps.p, f->wraps.n);
	if (!err)
		err = file_write(dir, FINISH_NAME "-impl.h", &out, failure);
	buffer_free(&in);
	buffer_free(&out);
	return err;
}

static int finish_code(struct finishing *f, const char *dir, unsigned int n,
		       struct failure *failure)
{
	struct buffer in = { 0 }, out = { 0 };
	enum skip skip = SKIP_NOTHING;
	char name[32], *next, *line;
	int err;

	snprintf(name, sizeof(name), FINISH_NAME "_%u.c", n);
	err = file_read_text(dir, name, &in, failure);
	if (!err) {
		setjmps_rewrite(f->m, &in);
		catches_rewrite(&in);
		probes_rewrite(f->m, &in);
		if (in.failed)
			err = failure_set(failure, FAIL_HOST, "out of memory");
	}
	for (next = (char *)in.p; !err && (line = take_line(&next));)
		code_line(f, line, &skip, &out);
	if (!err && !n)
		describe_module(&out, f->m, f->p, f->has_import_function);
	if (f->has_no_debug)
		buffer_text(&out, "NO_DEBUG_END\n");
	f->has_no_debug = false;
	if (!err)
		err = file_write(dir, name, &out, failure);
	buffer_free(&in);
	buffer_free(&out);
	return err;
}

int finish_files(const char *dir, unsigned int outputs,
		 const struct wasm_module *m, char **names,
		 const struct prepared *p,
		 const struct marks *marks, struct failure *failure)
{
	struct finishing f = { .m = m, .names = names, .p = p,
			       .marks = marks };
	unsigned int i;
	int err = 0;

	f.variables = calloc(1, sizeof(*f.variables));
	if (!f.variables)
		return failure_set(failure, FAIL_HOST, "out of memory");
	f.variables->m = m;
	f.variables->marks = marks;
	f.variables->locals = marks->locals;
	for (i = 0; i < outputs && !err; i++)
		err = finish_code(&f, dir, i, failure);
	if (!err)
		err = finish_header(&f, dir, failure);
	if (!err)
		err = finish_impl(&f, dir, failure);
	buffer_free(&f.wraps);
	free(f.variables);
	return err;
}
