// SPDX-License-Identifier: Apache-2.0
/* scopenodes.c: scopes of code as nodes of metadata, see scopenodes.h. */
#include <string.h>

#include "finish.h"
#include "scopenodes.h"

/* ---- reading nodes ---------------------------------------------------- */

struct text scope_text(const struct rewriting *r, uint32_t n)
{
	return n < r->nnodes ? r->nodes[n] : (struct text){ "", 0 };
}

uint32_t scope_function(const struct rewriting *r, uint32_t scope)
{
	uint32_t hops;

	for (hops = 0; hops < r->nnodes; hops++) {
		struct text t = scope_text(r, scope);

		if (text_starts(t, "!DISubprogram("))
			return scope;
		if (!text_starts(t, "!DILexicalBlock"))
			return NODE_NONE;
		scope = text_value(t, "scope: !");
	}
	return NODE_NONE;
}

uint32_t scope_function_number(struct text t)
{
	static const char prefix[] = "!DISubprogram(name: \"w2c_" FINISH_NAME "_f";

	return text_starts(t, prefix) ? text_number(text_without(t, prefix)) :
					NODE_NONE;
}

uint32_t scope_body(const struct rewriting *r, uint32_t function)
{
	uint32_t n = scope_function_number(scope_text(r, function)) -
		     r->m->imported[WASM_K_FUNC];

	return n < r->m->nbodies ? n : NODE_NONE;
}

/* ---- new nodes -------------------------------------------------------- */

uint32_t scope_unit(struct rewriting *r, uint32_t unit)
{
	if (unit == NO_UNIT)
		return r->unit;
	if (r->unit_nodes[unit] == NODE_NONE)
		r->unit_nodes[unit] = r->new.next++;
	return r->unit_nodes[unit];
}

uint32_t scope_file(struct rewriting *r, uint32_t file)
{
	if (file == NO_FILE)
		return text_value(scope_text(r, r->unit), "file: !");
	if (r->file_nodes[file] == NODE_NONE) {
		r->file_nodes[file] = nodes_begin(&r->new);
		buffer_text(&r->new.text, "!DIFile(filename: ");
		text_put_string(&r->new.text, r->marks->lines->files.texts[file]);
		buffer_text(&r->new.text, ", directory: \"\")\n");
	}
	return r->file_nodes[file];
}

uint32_t scope_in_file(struct rewriting *r, const struct scope_place *place,
		       uint32_t file)
{
	uint32_t node, at;

	if (file == place->file || file == NO_FILE)
		return place->scope;
	at = scope_file(r, file);
	node = nodes_begin(&r->new);
	buffer_printf(&r->new.text, "!DILexicalBlockFile(scope: !%u, file: !%u, "
		      "discriminator: 0)\n", place->scope, at);
	return node;
}

void scope_put_call(struct buffer *out, uint32_t call)
{
	if (call != NODE_NONE)
		buffer_printf(out, ", inlinedAt: !%u", call);
}

/* An inlined function, of which nobody knows more than what it is called. */
static uint32_t function_node(struct rewriting *r, const struct scope *s)
{
	uint32_t unit = scope_unit(r, globals_unit_of(r->globals, s->origin));
	uint32_t file = scope_file(r, s->declared.file), vars = r->new.next++;
	uint32_t node = nodes_begin(&r->new);

	inlined_add(&r->inlined, (struct inlined_function){ s->kin, node, file,
							    vars });
	buffer_text(&r->new.text, "distinct !DISubprogram(name: ");
	text_put_string(&r->new.text, r->marks->scopes->names.texts[s->name]);
	buffer_printf(&r->new.text, ", scope: !%u, file: !%u, line: %u, "
		      "type: !DISubroutineType(types: !{null}), "
		      "scopeLine: %u, flags: DIFlagPrototyped, "
		      "spFlags: DISPFlagLocalToUnit | DISPFlagDefinition | "
		      "DISPFlagOptimized, unit: !%u, retainedNodes: !%u)\n",
		      file, file, s->declared.line, s->declared.line, unit, vars);
	return node;
}

/* LLVM does not say which file a block is in, if it is the function's. */
static uint32_t block_node(struct rewriting *r, const struct scope *s,
			   const struct scope_place *outer, uint32_t file)
{
	uint32_t in_file = scope_file(r, file), node = nodes_begin(&r->new);

	buffer_printf(&r->new.text, "distinct !DILexicalBlock(scope: !%u, file: !%u, "
		      "line: %u)\n", outer->scope, in_file, s->declared.line);
	return node;
}

static uint32_t call_node(struct rewriting *r, const struct scope *s,
			  const struct scope_place *outer)
{
	uint32_t scope = scope_in_file(r, outer, s->called.file);
	uint32_t node = nodes_begin(&r->new);

	buffer_printf(&r->new.text, "distinct !DILocation(line: %u, scope: !%u",
		      s->called.line, scope);
	scope_put_call(&r->new.text, outer->call);
	buffer_text(&r->new.text, ")\n");
	return node;
}

struct scope_line scope_declared(const struct rewriting *r, uint32_t function)
{
	struct scope_line at = { NO_FILE, 0 };
	uint32_t n = scope_body(r, function);
	const struct line_row *row;

	if (n == NODE_NONE || r->marks->first[n] == NO_ROW)
		return at;
	row = &r->marks->lines->rows[r->marks->first[n]];
	at = r->marks->scopes->functions[n];
	return at.file != NO_FILE ? at : (struct scope_line){ row->file,
							      row->line };
}

/* Has a function's body variables of the guest that are in no block of it? */
static bool has_variables(const struct rewriting *r, uint32_t body)
{
	const struct locals *l = r->marks->locals;
	const struct local_part *part = l && l->parts && body != NODE_NONE ?
					&l->parts[body] : NULL;
	uint32_t i;

	for (i = 0; part && i < part->nvars; i++)
		if (l->vars[part->first_var + i].scope == NO_SCOPE &&
		    !l->vars[part->first_var + i].number)
			return true;
	return false;
}

/* All of a function: a block of it, since debuggers show what is in blocks before what
 * is in the function, and that is wasm's. */
static struct scope_place body_place(struct rewriting *r, uint32_t function)
{
	struct scope_line at = scope_declared(r, function);
	struct scope_place place = { function, NODE_NONE, at.file };
	uint32_t file;

	if (!has_variables(r, scope_body(r, function)))
		return place;
	if (r->body_nodes[function] == NODE_NONE) {
		file = scope_file(r, at.file);
		r->body_nodes[function] = nodes_begin(&r->new);
		buffer_printf(&r->new.text, "distinct !DILexicalBlock(scope: !%u, "
			      "file: !%u, line: %u)\n", function, file, at.line);
	}
	place.scope = r->body_nodes[function];
	return place;
}

struct scope_place scope_place(struct rewriting *r, uint32_t scope, uint32_t function)
{
	const struct scope *list = r->marks->scopes->list, *s, *kin;
	struct scope_place outer, place;

	if (scope == NO_SCOPE)
		return body_place(r, function);
	s = &list[scope];
	kin = &list[s->kin];
	outer = scope_place(r, s->outer, function);
	place = (struct scope_place){ NODE_NONE, outer.call, s->declared.file };
	if (place.file == NO_FILE && !s->is_inlined)
		place.file = outer.file;
	if (r->scope_nodes[s->kin] == NODE_NONE)
		r->scope_nodes[s->kin] = s->is_inlined ?
			function_node(r, kin) :
			block_node(r, s, &outer, place.file);
	place.scope = r->scope_nodes[s->kin];
	if (!s->is_inlined)
		return place;
	if (r->call_nodes[scope] == NODE_NONE)
		r->call_nodes[scope] = call_node(r, s, &outer);
	place.call = r->call_nodes[scope];
	return place;
}
