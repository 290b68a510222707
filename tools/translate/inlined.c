// SPDX-License-Identifier: Apache-2.0
/* inlined.c: the variables of inlined functions, see inlined.h. */
#include <stdlib.h>

#include "array.h"
#include "inlined.h"

/* Scopes are the first of their kin. */
struct inlined_var {
	uint32_t function, scope, name, node;
};

uint32_t inlined_function(const struct scopes *scopes, uint32_t scope)
{
	while (scope != NO_SCOPE && !scopes->list[scope].is_inlined)
		scope = scopes->list[scope].outer;
	return scope;
}

void inlined_add(struct inlined *in, struct inlined_function f)
{
	in->failed |= !array_make_room(&in->functions, in->nfunctions,
				       &in->room_functions, sizeof(f));
	if (!in->failed)
		in->functions[in->nfunctions++] = f;
}

void inlined_note(struct inlined *in, const struct local_var *var, uint32_t node)
{
	const struct scope *list = in->scopes->list;
	uint32_t function = inlined_function(in->scopes, var->scope);

	if (function == NO_SCOPE)
		return;
	in->failed |= !array_make_room(&in->vars, in->nvars, &in->room_vars,
				       sizeof(*in->vars));
	if (!in->failed)
		in->vars[in->nvars++] = (struct inlined_var){
			list[function].kin, list[var->scope].kin, var->name,
			node };
}

static int compare(const void *x, const void *y)
{
	const struct inlined_var *a = x, *b = y;

	if (a->function != b->function)
		return a->function < b->function ? -1 : 1;
	if (a->scope != b->scope)
		return a->scope < b->scope ? -1 : 1;
	if (a->name != b->name)
		return a->name < b->name ? -1 : 1;
	return a->node < b->node ? -1 : a->node > b->node;
}

/* ---- variables that no instance has anywhere -------------------------- */

static uint32_t type_of(const struct inlined *in, uint32_t type,
			struct new_nodes *nodes)
{
	uint32_t node = type_node_of_value(in->types, type);

	if (node != NODE_NONE)
		return node;
	node = nodes_begin(nodes);
	buffer_text(&nodes->text, "!DIBasicType(tag: DW_TAG_unspecified_type, "
		    "name: \"unknown\")\n");
	return node;
}

static uint32_t variable_node(const struct inlined *in,
			      const struct inlined_function *f,
			      const struct local_abstract *a,
			      struct new_nodes *nodes)
{
	uint32_t type = type_of(in, a->is, nodes);
	uint32_t node = nodes_begin(nodes);

	buffer_text(&nodes->text, "!DILocalVariable(name: ");
	text_put_string(&nodes->text, in->locals->names.texts[a->name]);
	if (a->number && a->number <= NODE_MAX_ARG)
		buffer_printf(&nodes->text, ", arg: %u", a->number);
	buffer_printf(&nodes->text, ", scope: !%u, file: !%u, line: %u, "
		      "type: !%u)\n", f->node, f->file, a->line, type);
	return node;
}

/* ---- lists ------------------------------------------------------------ */

/* The variables of one function. */
struct list {
	const struct inlined_var *vars;
	size_t n;
	struct buffer text;
};

static void add(struct list *list, uint32_t node)
{
	buffer_printf(&list->text, "%s!%u", list->text.n ? ", " : "", node);
}

static void add_noted(struct list *list)
{
	const struct inlined_var *v = list->vars;
	size_t i;

	for (i = 0; i < list->n; i++, v++)
		if (!i || v->scope != v[-1].scope || v->name != v[-1].name)
			add(list, v->node);
}

static bool has_name(const struct list *list, uint32_t name)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (list->vars[i].name == name)
			return true;
	return false;
}

/* Those of the function of that entry; *n: how many. */
static const struct local_abstract *abstract_of(const struct locals *l,
						uint32_t function, size_t *n)
{
	size_t end = array_upto(l->abstract, l->nabstract, sizeof(*l->abstract),
				function), start = end;

	while (start && l->abstract[start - 1].function == function)
		start--;
	*n = end - start;
	return l->abstract + start;
}

static void add_missing(struct inlined *in, const struct inlined_function *f,
			struct list *list, struct new_nodes *nodes)
{
	const struct locals *l = in->locals;
	const struct local_abstract *a;
	size_t n;

	for (a = abstract_of(l, in->scopes->list[f->scope].origin, &n); n;
	     a++, n--)
		if (!has_name(list, a->name))
			add(list, variable_node(in, f, a, nodes));
}

static void put_list(struct inlined *in, const struct inlined_function *f,
		     struct new_nodes *nodes)
{
	size_t end = array_upto(in->vars, in->nvars, sizeof(*in->vars), f->scope);
	size_t start = end;
	struct list list = { 0 };

	while (start && in->vars[start - 1].function == f->scope)
		start--;
	list.vars = in->vars + start;
	list.n = end - start;
	add_noted(&list);
	if (in->locals)
		add_missing(in, f, &list, nodes);
	buffer_printf(&nodes->text, "!%u = !{", f->list);
	buffer_put(&nodes->text, list.text.p, list.text.n);
	buffer_text(&nodes->text, "}\n");
	in->failed |= list.text.failed;
	buffer_free(&list.text);
}

void inlined_put(struct inlined *in, struct new_nodes *nodes)
{
	size_t i;

	if (in->nvars)
		qsort(in->vars, in->nvars, sizeof(*in->vars), compare);
	for (i = 0; i < in->nfunctions && !in->failed; i++)
		put_list(in, &in->functions[i], nodes);
}

void inlined_free(struct inlined *in)
{
	free(in->functions);
	free(in->vars);
	in->functions = NULL;
	in->vars = NULL;
}
