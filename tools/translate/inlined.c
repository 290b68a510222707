// SPDX-License-Identifier: Apache-2.0
/* inlined.c: the variables of inlined functions, see inlined.h. */
#include <stdlib.h>

#include "array.h"
#include "inlined.h"
#include "nodes.h"

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

void inlined_note(struct inlined *in, const struct local_var *var, uint32_t node)
{
	const struct scope *list = in->scopes->list;
	uint32_t function = inlined_function(in->scopes, var->scope);

	if (function == NO_SCOPE)
		return;
	in->failed |= !array_make_room(&in->vars, in->nvars, &in->room,
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

void inlined_put(struct inlined *in, const uint32_t *lists, struct buffer *out)
{
	const struct inlined_var *v, *end = in->vars + in->nvars;
	uint32_t scope;

	if (in->nvars)
		qsort(in->vars, in->nvars, sizeof(*in->vars), compare);
	v = in->vars;
	for (scope = 0; scope < in->scopes->n; scope++) {
		const char *comma = "";

		if (lists[scope] == NODE_NONE)
			continue;
		buffer_printf(out, "!%u = !{", lists[scope]);
		for (; v < end && v->function <= scope; v++) {
			if (v->function < scope || (*comma && v->scope ==
			    v[-1].scope && v->name == v[-1].name))
				continue;
			buffer_printf(out, "%s!%u", comma, v->node);
			comma = ", ";
		}
		buffer_text(out, "}\n");
	}
}

void inlined_free(struct inlined *in)
{
	free(in->vars);
	in->vars = NULL;
}
