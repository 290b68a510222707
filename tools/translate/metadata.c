// SPDX-License-Identifier: Apache-2.0
/* metadata.c: rewrites the metadata of LLVM's text form, see metadata.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "finish.h"
#include "inlined.h"
#include "keep.h"
#include "metadata.h"
#include "record.h"
#include "scopenodes.h"
#include "unitnodes.h"

/* ---- rewriting nodes -------------------------------------------------- */

/* Its head is of no line then. */
static bool has_prologue(const struct rewriting *r, uint32_t function)
{
	uint32_t n = scope_body(r, function);

	return n != NODE_NONE && marks_has_prologue(r->marks, n);
}

/* "!DILocation(line: 7, scope: !3)"; line 0 is code of several lines. */
static bool put_location(struct rewriting *r, struct text t, struct buffer *out)
{
	uint32_t mark = text_value(t, "line: "), line = 0, scope;
	uint32_t function = scope_function(r, text_value(t, "scope: !"));
	const struct line_row *row = marks_row(r->marks, mark);
	struct scope_place place;

	if (function == NODE_NONE)
		return false;
	place = scope_place(r, row ? r->marks->scopes->of_row[
				    row - r->marks->lines->rows] : NO_SCOPE,
			    function);
	if (row)
		line = row->line;
	else if (mark && !has_prologue(r, function))
		line = scope_declared(r, function).line;
	scope = scope_in_file(r, &place, row ? row->file : NO_FILE);
	buffer_printf(out, "!DILocation(line: %u, scope: !%u", line, scope);
	scope_put_call(out, place.call);
	buffer_byte(out, ')');
	return true;
}

/* The variable of the guest that a node is, or NULL. */
static const struct local_var *variable_of(const struct rewriting *r, struct text t)
{
	const struct locals *l = r->marks->locals;
	uint32_t n = text_value(t, "name: \"w2c_v");

	return l && n < l->nvars ? &l->vars[n] : NULL;
}

/* The type of a variable that has this one in C: the node. */
static uint32_t type_of(struct rewriting *r, const struct local_var *var, uint32_t type)
{
	uint32_t node = !var ? NODE_NONE : var->type.in_memory ?
		type_node(&r->types, var->is) : type_node_of_value(&r->types, var->is);

	return node == NODE_NONE ? type : node;
}

/* The part of the variables that is a function's, or NULL. */
static const struct local_part *part_of(const struct rewriting *r, uint32_t function)
{
	uint32_t n = function - r->m->imported[WASM_K_FUNC];
	const struct locals *l = r->marks->locals;

	return l && l->parts && n < r->m->nbodies ? &l->parts[n] : NULL;
}

/*
 * The number of a variable among its function's parameters, that in C being this one:
 * those of the guest's C take the place of wasm's, which are variables then. Of one that
 * is no parameter in C, LLVM would say that it is what was given, also where it is not.
 */
static uint32_t arg_of(const struct rewriting *r, uint32_t function,
		       const struct local_var *var, bool is_inlined, uint32_t arg)
{
	const struct local_part *part =
		part_of(r, scope_function_number(scope_text(r, function)));
	const uint32_t instance = 1; /* wasm's first one */

	if (!var)
		return arg == instance || !part || !part->nparams ? arg : NODE_NONE;
	if (!var->number || var->number >= NODE_MAX_ARG ||
	    (!is_inlined && arg == NODE_NONE && !var->type.in_memory))
		return arg;
	return is_inlined ? var->number :
	       var->scope == NO_SCOPE ? instance + var->number : arg;
}

/* "!DILocalVariable(name: "w2c_v7", arg: 2, scope: !3, file: !4, line: 5,
 * type: !6)" */
static bool put_variable(struct rewriting *r, uint32_t node, struct text t,
			 struct buffer *out)
{
	struct text name = text_field(t, "name: \"");
	const char *end = memchr(name.p, '"', name.n);
	uint32_t function = scope_function(r, text_value(t, "scope: !"));
	uint32_t arg = text_value(t, "arg: ");
	const struct local_var *var = variable_of(r, t);
	struct scope_place place;

	if (function == NODE_NONE || !end)
		return false;
	place = scope_place(r, var ? var->scope : NO_SCOPE, function);
	if (!var || (var->scope == NO_SCOPE && var->number))
		place.scope = function;
	if (var && !locals_is_piece(r->marks->locals, var))
		inlined_note(&r->inlined, var, node);
	buffer_text(out, "!DILocalVariable(name: ");
	if (var)
		text_put_string(out, r->marks->locals->names.texts[var->name]);
	else
		buffer_printf(out, "\"%.*s\"", (int)(end - name.p), name.p);
	arg = arg_of(r, function, var, place.call != NODE_NONE, arg);
	if (arg != NODE_NONE)
		buffer_printf(out, ", arg: %u", arg);
	buffer_printf(out, ", scope: !%u, file: !%u, line: %u, type: !%u%s)",
		      place.scope, scope_file(r, place.file),
		      var ? var->line : 0,
		      type_of(r, var, text_value(t, "type: !")),
		      var ? "" : ", flags: DIFlagArtificial");
	return true;
}

/* The type of the function of that number, which has this one in C: the node. */
static uint32_t type_of_function(struct rewriting *r, uint32_t function, uint32_t type)
{
	const struct local_part *part = part_of(r, function);

	return part && part->has_result ?
	       type_node_of_function(&r->types, part->result_is) : type;
}

/* The node of the unit that is the function's source file. */
static uint32_t unit_of(struct rewriting *r, uint32_t function)
{
	uint32_t n = function - r->m->imported[WASM_K_FUNC];
	const struct global_function *functions = r->globals->functions;

	return scope_unit(r, functions && n < r->m->nbodies ? functions[n].unit : NO_UNIT);
}

/* "..., unit: !0, ...", of another one. */
static void put_with_unit(struct text t, uint32_t unit, struct buffer *out)
{
	struct text old = text_field(t, "unit: !");

	buffer_put(out, t.p, t.n - old.n);
	if (!old.n)
		return;
	buffer_printf(out, "%u", unit);
	old = text_behind_number(old);
	buffer_put(out, old.p, old.n);
}

/* "!DISubprogram(name: "w2c_guest_f7", scope: !3, file: !3, line: 4, type: !5,
 * scopeLine: 4, ..." */
static bool put_function(struct rewriting *r, uint32_t node, struct text t,
			 struct buffer *out)
{
	struct text rest = text_field(t, "scopeLine: ");
	uint32_t n = scope_function_number(t), file, type;
	struct scope_line at = scope_declared(r, node);

	if (at.file == NO_FILE || !r->names[n] || !rest.n)
		return false;
	file = scope_file(r, at.file);
	type = type_of_function(r, n, text_value(t, "type: !"));
	buffer_text(out, "distinct !DISubprogram(name: ");
	text_put_string(out, r->names[n]);
	buffer_printf(out, ", scope: !%u, file: !%u, line: %u, type: !%u, "
		      "scopeLine: %u", file, file, at.line, type, at.line);
	put_with_unit(text_behind_number(rest), unit_of(r, n), out);
	return true;
}

/* "!{!7, !8}": a function's variables, without pieces, those of inlined ones and
 * labels. */
static bool put_variables(struct rewriting *r, struct text t, struct buffer *out)
{
	const char *at = t.p, *end = t.p + t.n, *comma = "";

	buffer_text(out, "!{");
	while ((at = memchr(at + 1, '!', (size_t)(end - at - 1)))) {
		uint32_t n = text_number((struct text){ at + 1,
						   (size_t)(end - at - 1) });
		const struct local_var *var = variable_of(r, scope_text(r, n));
		uint32_t scope = var ? var->scope : NO_SCOPE;

		if (inlined_function(r->marks->scopes, scope) != NO_SCOPE ||
		    (var && locals_is_piece(r->marks->locals, var)) ||
		    text_starts(scope_text(r, n), "!DILabel("))
			continue;
		buffer_printf(out, "%s!%u", comma, n);
		comma = ", ";
	}
	buffer_byte(out, '}');
	return true;
}

/* A node with what is new in it; false: it stays as it is. */
static bool put_node(struct rewriting *r, uint32_t n, struct buffer *out)
{
	struct text t = scope_text(r, n);

	if (r->owners[n] != NODE_NONE && text_starts(t, "!{"))
		return put_variables(r, t, out);
	if (text_starts(t, "!DILocation("))
		return put_location(r, t, out);
	if (text_starts(t, "!DILocalVariable("))
		return put_variable(r, n, t, out);
	if (text_starts(t, "!DISubprogram("))
		return put_function(r, n, t, out);
	return false;
}

/* ---- the text --------------------------------------------------------- */

/* All ones: NODE_NONE. */
static uint32_t *make_table(struct rewriting *r, size_t n)
{
	uint32_t *table = malloc((n + 1) * sizeof(*table));

	if (table)
		memset(table, 0xff, (n + 1) * sizeof(*table));
	r->failed |= !table;
	return table;
}

/* A function of its list of variables, or a variable of itself. */
static void note_owner(struct rewriting *r, uint32_t node)
{
	uint32_t n = text_value(r->nodes[node], "retainedNodes: !");
	const struct local_var *var = variable_of(r, r->nodes[node]);

	if (text_starts(r->nodes[node], "!DISubprogram(") && n < r->nnodes)
		r->owners[n] = node;
	else if (var && text_starts(r->nodes[node], "!DILocalVariable("))
		r->var_nodes[var - r->marks->locals->vars] = node;
}

static void read_nodes(struct rewriting *r, const char *at, const char *end)
{
	const char *start = at;
	struct text line, t;
	uint32_t n, i;

	while (text_line(&at, end, &line)) {
		n = text_node(line, &t);
		if (n != NODE_NONE && n >= r->nnodes)
			r->nnodes = n + 1;
	}
	r->nodes = calloc((size_t)r->nnodes + 1, sizeof(*r->nodes));
	r->owners = make_table(r, r->nnodes);
	r->body_nodes = make_table(r, r->nnodes);
	r->failed |= !r->nodes;
	for (at = start; !r->failed && text_line(&at, end, &line);) {
		n = text_node(line, &t);
		if (n == NODE_NONE)
			continue;
		r->nodes[n] = t;
		if (text_starts(t, "!DICompileUnit("))
			r->unit = n;
	}
	for (i = 0; !r->failed && i < r->nnodes; i++)
		note_owner(r, i);
	r->new.next = r->nnodes;
}

static void put_nodes(struct rewriting *r, const char *at, const char *end,
		      struct buffer *out)
{
	struct text line, t;
	uint32_t n;

	while (text_line(&at, end, &line)) {
		size_t start = out->n;

		n = text_node(line, &t);
		if (n != NODE_NONE)
			buffer_printf(out, "!%u = ", n);
		if (n == NODE_NONE || !put_node(r, n, out)) {
			out->n = start;
			buffer_put(out, line.p, line.n);
		}
		buffer_byte(out, '\n');
	}
}

static uint32_t function_of_variable(const struct rewriting *r, uint32_t node)
{
	return scope_function(r, text_value(scope_text(r, node), "scope: !"));
}

/* The location of a variable's records, which tells by its scope which instance
 * of the variable they are about; NODE_NONE: it is the function's own. */
static uint32_t record_location(struct rewriting *r, uint32_t node_of_var,
				const struct local_var *var)
{
	uint32_t function = function_of_variable(r, node_of_var);
	struct scope_place place;

	if (var->scope == NO_SCOPE || function == NODE_NONE)
		return NODE_NONE;
	if (r->record_nodes[var->scope] == NODE_NONE) {
		place = scope_place(r, var->scope, function);
		r->record_nodes[var->scope] = nodes_begin(&r->new);
		buffer_printf(&r->new.text, "!DILocation(line: 0, scope: !%u",
			      place.scope);
		scope_put_call(&r->new.text, place.call);
		buffer_text(&r->new.text, ")\n");
	}
	return r->record_nodes[var->scope];
}

/* The node of a variable, or of what it is a piece of; false: there is none. */
static bool find_whole(const struct rewriting *r, const struct local_var *var,
		       uint32_t *node)
{
	uint32_t whole = r->var_nodes[var->whole];

	if (locals_is_piece(r->marks->locals, var)) {
		if (whole == NODE_NONE || function_of_variable(r, whole) !=
					  function_of_variable(r, *node))
			return false;
		*node = whole;
	}
	return true;
}

/* "value(i32 %3, !7, !DIExpression(), !9)": where a variable is from here on. */
static void put_record(struct rewriting *r, struct text line, struct buffer *out)
{
	const struct local_var *var = NULL;
	struct record record;
	char location[16];
	uint32_t n;

	if (record_read(line, &record))
		var = variable_of(r, scope_text(r, record.variable));
	if (var && !find_whole(r, var, &record.variable))
		return;
	buffer_text(out, RECORD);
	if (!var) {
		buffer_put(out, line.p, line.n);
		return;
	}
	n = record_location(r, record.variable, var);
	if (n != NODE_NONE)
		record.location = (struct text){ location, (size_t)snprintf(location,
			sizeof(location), "!%u)", n) };
	record_put(&record, r->marks->locals, var, out);
}

/* The code, without labels, which are wasm2c's. */
static void put_code(struct rewriting *r, struct text code, struct buffer *out)
{
	const char *end = code.p + code.n;
	struct text next, line;

	while ((next = text_field(code, RECORD)).n) {
		size_t before = (size_t)(next.p - strlen(RECORD) - code.p);

		buffer_put(out, code.p, before);
		code.p = next.p;
		text_line(&code.p, end, &line);
		code.p = line.p + line.n;
		code.n = (size_t)(end - code.p);
		if (!text_starts(line, "label("))
			put_record(r, line, out);
	}
	buffer_put(out, code.p, code.n);
}

/* The code, with its parameters kept. */
static void put_kept(struct rewriting *r, struct text code, struct buffer *out)
{
	struct buffer kept = { 0 };

	keep_parameters(code, &kept);
	buffer_byte(&kept, 0);
	if (!kept.failed)
		put_code(r, (struct text){ (char *)kept.p, kept.n - 1 }, out);
	out->failed |= kept.failed;
	buffer_free(&kept);
}

static void rewrite(struct rewriting *r, const struct buffer *in,
		    struct buffer *out)
{
	static const char first[] = "\n!llvm.dbg.cu = ";
	const char *text = (char *)in->p, *end = text + in->n - 1; /* a NUL */
	const char *at = memmem(text, in->n, first, strlen(first));
	const struct locals *l = r->marks->locals;

	if (l)
		r->types = (struct type_nodes){ .types = &l->types, .names = &l->names,
						.out = &r->new };
	if (!at) {
		buffer_put(out, text, in->n - 1);
		return;
	}
	at++;
	r->unit_nodes = make_table(r, r->globals->nunits);
	r->scope_nodes = make_table(r, r->marks->scopes->n);
	r->call_nodes = make_table(r, r->marks->scopes->n);
	r->file_nodes = make_table(r, r->marks->lines->files.n);
	r->record_nodes = make_table(r, r->marks->scopes->n);
	r->var_nodes = make_table(r, l ? l->nvars : 0);
	r->types.made = make_table(r, l ? l->types.n * TYPE_COPIES : 0);
	if (!r->failed)
		read_nodes(r, at, end);
	if (!r->failed) {
		struct text code = { text, (size_t)(at - text) };

		if (l)
			put_kept(r, code, out);
		else
			put_code(r, code, out);
		put_nodes(r, at, end, out);
	}
	if (!r->failed)
		inlined_put(&r->inlined, &r->new);
	if (!r->failed)
		unit_nodes_put(r, out);
	type_nodes_finish(&r->types);
	buffer_put(out, r->new.text.p, r->new.text.n);
	r->failed |= r->inlined.failed || r->types.failed || r->new.text.failed || out->failed;
	free(r->unit_nodes);
	free(r->scope_nodes);
	free(r->call_nodes);
	free(r->record_nodes);
	free(r->types.made);
	inlined_free(&r->inlined);
	free(r->file_nodes);
	free(r->owners);
	free(r->body_nodes);
	free(r->var_nodes);
	free(r->nodes);
	buffer_free(&r->new.text);
}

int metadata_rewrite(const char *dir, const char *from, const char *to,
		     const struct marks *marks, const struct globals *globals,
		     const struct wasm_module *m, char **names, struct failure *failure)
{
	struct rewriting r = { .marks = marks, .globals = globals, .m = m, .names = names,
			       .inlined.scopes = marks->scopes,
			       .inlined.locals = marks->locals };
	struct buffer in = { 0 }, out = { 0 };
	int err = file_read_text(dir, from, &in, failure);

	r.inlined.types = &r.types;
	if (!err) {
		rewrite(&r, &in, &out);
		err = r.failed ? failure_set(failure, FAIL_HOST,
					     "out of memory") :
				 file_write(dir, to, &out, failure);
	}
	buffer_free(&in);
	buffer_free(&out);
	return err;
}
