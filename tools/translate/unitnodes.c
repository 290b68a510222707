// SPDX-License-Identifier: Apache-2.0
/* unitnodes.c: source files and their variables as nodes, see unitnodes.h. */
#include <stdlib.h>
#include <string.h>

#include "guest_module.h"
#include "nowhere.h"
#include "unitnodes.h"

struct lists {
	struct buffer *of_unit; /* "!7, !9": its variables */
	struct buffer attached; /* ", !dbg !7, !dbg !9": those of all */
};

/* "!7, !9" */
static void add(struct buffer *list, uint32_t node)
{
	buffer_printf(list, "%s!%u", list->n ? ", " : "", node);
}

static void put_value(const struct global_var *v, uint32_t size, struct buffer *out)
{
	if (v->kind == GLOBAL_NOWHERE)
		nowhere_put(size, out);
	else
		buffer_printf(out, v->kind == GLOBAL_IS ?
			      "DW_OP_constu, %llu, DW_OP_stack_value" :
			      "DW_OP_deref, DW_OP_plus_uconst, %llu",
			      (unsigned long long)v->value);
}

static void put_variable(struct rewriting *r, const struct global_var *v, uint32_t scope,
			 uint32_t unit, struct lists *lists)
{
	uint32_t file = scope_file(r, v->declared.file), node, placed;
	uint32_t type = type_node(&r->types, v->is);
	uint32_t size = r->types.types->list[v->is].size;

	if (type == NODE_NONE || (v->kind == GLOBAL_NOWHERE && !size))
		return;
	node = nodes_begin(&r->new);
	buffer_text(&r->new.text, "distinct !DIGlobalVariable(name: ");
	text_put_string(&r->new.text, r->marks->locals->names.texts[v->name]);
	buffer_printf(&r->new.text, ", scope: !%u, file: !%u, line: %u, type: !%u, "
		      "isLocal: true, isDefinition: true)\n", scope, file,
		      v->declared.line, type);
	placed = nodes_begin(&r->new);
	buffer_printf(&r->new.text, "!DIGlobalVariableExpression(var: !%u, expr: "
		      "!DIExpression(", node);
	put_value(v, size, &r->new.text);
	buffer_text(&r->new.text, "))\n");
	add(&lists->of_unit[unit], placed);
	if (v->kind != GLOBAL_IS)
		buffer_printf(&lists->attached, ", !dbg !%u", placed);
}

/* Those of a function of that entry, which a node is of, or of the file: a unit's node. */
static void put_variables(struct rewriting *r, uint32_t unit, uint32_t function,
			  uint32_t scope, struct lists *lists)
{
	const struct global_var *v;
	size_t n;

	if (unit == NO_UNIT || r->unit_nodes[unit] == NODE_NONE)
		return;
	v = globals_of(r->globals, unit, function, &n);
	for (; n; v++, n--)
		put_variable(r, v, scope, unit, lists);
}

static void put_function(struct rewriting *r, uint32_t node, struct lists *lists)
{
	uint32_t body = text_starts(r->nodes[node], "!DISubprogram(") ?
			scope_body(r, node) : NODE_NONE;
	const struct global_function *f;

	if (body == NODE_NONE || scope_declared(r, node).file == NO_FILE)
		return;
	f = &r->globals->functions[body];
	put_variables(r, f->unit, f->entry, node, lists);
}

/* "language: DW_LANG_C11, file: !1, producer: "clang", ..." */
static void put_unit(struct rewriting *r, uint32_t unit, const struct buffer *list)
{
	struct text t = scope_text(r, r->unit);
	struct text language = text_field(t, "language: ");
	struct text producer = text_field(t, "producer: \"");
	uint32_t file = scope_file(r, r->globals->units[unit].file);

	buffer_printf(&r->new.text, "!%u = distinct !DICompileUnit(language: %.*s, "
		      "file: !%u, producer: \"%.*s\", isOptimized: true, "
		      "runtimeVersion: 0, emissionKind: FullDebug, globals: !{",
		      r->unit_nodes[unit], (int)strcspn(language.p, ","), language.p,
		      file, (int)strcspn(producer.p, "\""), producer.p);
	buffer_put(&r->new.text, list->p, list->n);
	buffer_text(&r->new.text, "}, splitDebugInlining: false, nameTableKind: None)\n");
}

static void put_all(struct rewriting *r, struct lists *lists, struct buffer *out)
{
	const struct globals *g = r->globals;
	struct buffer units = { 0 };
	uint32_t i, entry;
	size_t k;

	for (i = 0; i < g->nunits; i++)
		put_variables(r, i, NO_FUNCTION, r->unit_nodes[i], lists);
	for (i = 0; i < r->nnodes; i++)
		put_function(r, i, lists);
	for (k = 0; k < r->inlined.nfunctions; k++) {
		entry = r->marks->scopes->list[r->inlined.functions[k].scope].origin;
		put_variables(r, globals_unit_of(g, entry), entry,
			      r->inlined.functions[k].node, lists);
	}
	for (i = 0; i < g->nunits; i++) {
		if (r->unit_nodes[i] == NODE_NONE)
			continue;
		put_unit(r, i, &lists->of_unit[i]);
		add(&units, r->unit_nodes[i]);
		r->failed |= lists->of_unit[i].failed;
	}
	buffer_text(out, "@" GUEST_DATA_BASE_SYMBOL " = external global i64");
	buffer_put(out, lists->attached.p, lists->attached.n);
	buffer_text(out, "\n!llvm.dbg.cu = !{");
	buffer_put(out, units.p, units.n);
	buffer_text(out, "}\n");
	r->failed |= units.failed || lists->attached.failed;
	buffer_free(&units);
}

void unit_nodes_put(struct rewriting *r, struct buffer *out)
{
	struct lists lists = { 0 };
	size_t i;

	if (!r->globals->functions || !r->types.types)
		return;
	lists.of_unit = calloc(r->globals->nunits + 1, sizeof(*lists.of_unit));
	r->failed |= !lists.of_unit;
	if (!r->failed)
		put_all(r, &lists, out);
	for (i = 0; lists.of_unit && i < r->globals->nunits; i++)
		buffer_free(&lists.of_unit[i]);
	free(lists.of_unit);
	buffer_free(&lists.attached);
}
