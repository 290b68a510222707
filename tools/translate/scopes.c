// SPDX-License-Identifier: Apache-2.0
/* scopes.c: blocks and inlined functions from .debug_info, see scopes.h. */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "dwarf.h"
#include "lists.h"
#include "scopes.h"

#define MAX_DEPTH 200
#define MAX_NAME 4000
/* How often rows may be in one more scope: some tens in real ones. */
#define MAX_ROWS(l) (256 * (uint64_t)(l)->nrows)

struct reading {
	struct scopes *out;
	struct dwarf d;
	const struct wasm_module *m;
	struct lines *lines;
	size_t room, room_params;
	uint64_t effort; /* bytes of lists of ranges that may be read */
	uint64_t rows;	 /* that may still be put into a scope */
	bool failed;	 /* no memory */

	struct dwarf_unit u;
	uint64_t program; /* of the unit's lines */
	uint32_t start, end; /* of the function that is being read */
};

/* What the entries around one mean for it. */
struct around {
	uint32_t scope;
	bool in_function; /* that is in the module */
	bool in_code; /* of any: those in it are none of ours */
	bool is_abstract; /* directly in one that is put into others */
	uint32_t nparams;
};

/* ---- its code --------------------------------------------------------- */

/* Code from there to there is in the last scope. Those around it came before. */
static void take_rows(void *arg, uint64_t from, uint64_t to,
		      struct wasm_slice place)
{
	struct reading *g = arg;
	struct scope *s = &g->out->list[g->out->n - 1];
	size_t row, end;

	(void)place;
	if (from < g->start)
		from = g->start;
	if (to > g->end)
		to = g->end;
	if (from >= to)
		return;
	if (from < s->start)
		s->start = (uint32_t)from;
	if (to > s->end)
		s->end = (uint32_t)to;
	row = lines_find(g->lines, (uint32_t)from);
	end = lines_find(g->lines, (uint32_t)to);
	for (; row < end && g->rows; row++, g->rows--)
		g->out->of_row[row] = (uint32_t)g->out->n - 1;
}

/* An address, or a length. */
static uint64_t end_of(const struct dwarf_die *die)
{
	switch (die->high_pc.form) {
	case DW_FORM_data1: case DW_FORM_data2: case DW_FORM_data4:
	case DW_FORM_data8: case DW_FORM_udata: case DW_FORM_sdata:
	case DW_FORM_implicit_const:
		return die->low_pc.u + die->high_pc.u;
	default:
		return die->high_pc.u;
	}
}

static void take_code(struct reading *g, const struct dwarf_die *die)
{
	if (die->ranges.is_set)
		lists_read_ranges(&g->u, die->ranges.u, &g->effort, take_rows,
				  g);
	else if (die->low_pc.is_set && die->high_pc.is_set)
		take_rows(g, die->low_pc.u, end_of(die),
			  (struct wasm_slice){ 0 });
}

/* ---- entries ---------------------------------------------------------- */

static struct scope_line line_of(struct reading *g,
				 const struct dwarf_value *file,
				 const struct dwarf_value *line)
{
	struct scope_line l = { NO_FILE, 0 };

	if (file->is_set)
		l.file = lines_file(g->lines, g->program, file->u);
	if (line->is_set && line->u <= INT32_MAX)
		l.line = (uint32_t)line->u;
	return l;
}

static bool is_name(struct wasm_slice s)
{
	return s.n && s.n <= MAX_NAME && !memchr(s.p, 0, s.n);
}

/* The scope of a block or an inlined function, or NO_SCOPE. */
static uint32_t add_scope(struct reading *g, const struct dwarf_die *die,
			  uint32_t outer)
{
	struct dwarf_die origin = *die;
	struct scope s = { .entry = (uint32_t)die->offset, .outer = outer,
			   .start = UINT32_MAX };

	s.is_inlined = die->tag == DW_TAG_inlined_subroutine;
	if (s.is_inlined && (!dwarf_die_origin(&g->u, die, &origin) ||
			     !is_name(origin.name.bytes)))
		return NO_SCOPE;
	s.origin = die->abstract_origin.is_set ?
		(uint32_t)die->abstract_origin.u : s.entry;
	if (s.is_inlined)
		s.name = interned_add(&g->out->names, origin.name.bytes);
	s.declared = line_of(g, &origin.decl_file, &origin.decl_line);
	s.called = line_of(g, &die->call_file, &die->call_line);
	if (die->offset > INT32_MAX ||
	    !array_room(&g->out->list, g->out->n, &g->room, sizeof(s), &g->failed))
		return NO_SCOPE;
	g->out->list[g->out->n++] = s;
	take_code(g, die);
	return (uint32_t)g->out->n - 1;
}

static void add_param(struct reading *g, const struct dwarf_die *die,
		      struct around *in)
{
	struct scopes *out = g->out;

	if (!in->is_abstract || die->tag != DW_TAG_formal_parameter ||
	    !array_room(&out->params, out->nparams, &g->room_params,
			sizeof(*out->params), &g->failed))
		return;
	out->params[out->nparams++] = (struct scope_param){
		(uint32_t)die->offset, ++in->nparams };
}

static struct around in_function(struct reading *g, const struct dwarf_die *die)
{
	struct around in = { .scope = NO_SCOPE };
	uint32_t body = die->low_pc.is_set ?
		wasm_find_body(g->m, die->low_pc.u) : UINT32_MAX;
	struct dwarf_die origin;

	in.is_abstract = !die->low_pc.is_set;
	in.in_function = in.in_code = body != UINT32_MAX;
	if (in.in_function) {
		g->start = (uint32_t)die->low_pc.u;
		g->end = g->start + (uint32_t)g->m->bodies[body].n;
		if (dwarf_die_origin(&g->u, die, &origin))
			g->out->functions[body] = line_of(g, &origin.decl_file,
							  &origin.decl_line);
	}
	return in;
}

static struct around inside(struct reading *g, const struct dwarf_die *die,
			    const struct around *outer)
{
	struct around in = { .scope = NO_SCOPE, .in_code = outer->in_code };

	if (die->tag == DW_TAG_subprogram && !outer->in_code)
		return in_function(g, die);
	if (outer->in_function && (die->tag == DW_TAG_lexical_block ||
				   die->tag == DW_TAG_inlined_subroutine)) {
		in.scope = add_scope(g, die, outer->scope);
		in.in_function = in.scope != NO_SCOPE;
	}
	return in;
}

static void read_unit(struct reading *g)
{
	struct around stack[MAX_DEPTH] = { { .scope = NO_SCOPE } };
	unsigned int depth = 0;
	struct dwarf_die die;

	g->program = UINT64_MAX;
	while (!g->failed && dwarf_next(&g->u, &die)) {
		struct around in;

		if (!die.tag) {
			if (!depth--)
				return;
			continue;
		}
		if (die.stmt_list.is_set)
			g->program = die.stmt_list.u;
		add_param(g, &die, &stack[depth]);
		in = inside(g, &die, &stack[depth]);
		if (!die.has_children)
			continue;
		if (depth + 1 == MAX_DEPTH)
			return;
		stack[++depth] = in;
	}
}

/* ---- kin -------------------------------------------------------------- */

struct made_of {
	uint32_t origin, scope;
};

static int compare(const void *x, const void *y)
{
	const struct made_of *a = x, *b = y;

	if (a->origin != b->origin)
		return a->origin < b->origin ? -1 : 1;
	return a->scope < b->scope ? -1 : a->scope > b->scope;
}

/* Is a scope made of the same C as the first one of that origin? */
static bool is_kin(const struct scope *list, const struct scope *s,
		   const struct scope *first)
{
	if (s->is_inlined || first->is_inlined)
		return s->is_inlined == first->is_inlined;
	return s->outer != NO_SCOPE && first->outer != NO_SCOPE &&
	       list[s->outer].kin == list[first->outer].kin;
}

static void find_kin(struct reading *g)
{
	struct scope *list = g->out->list;
	size_t n = g->out->n, i;
	struct made_of *all = malloc((n + 1) * sizeof(*all));
	uint32_t first = 0;

	g->failed |= !all;
	if (g->failed) {
		free(all);
		return;
	}
	for (i = 0; i < n; i++)
		all[i] = (struct made_of){ list[i].origin, (uint32_t)i };
	qsort(all, n, sizeof(*all), compare);
	for (i = 0; i < n; i++) {
		if (!i || all[i].origin != all[i - 1].origin)
			first = all[i].scope;
		list[all[i].scope].kin = first;
	}
	for (i = 0; i < n; i++)
		if (!is_kin(list, &list[i], &list[list[i].kin]))
			list[i].kin = (uint32_t)i;
	free(all);
}

/* ---- all of them ------------------------------------------------------ */

void scopes_read(const struct wasm_module *debug, const struct wasm_module *m,
		 struct lines *l, struct scopes *ret)
{
	struct reading g = { .out = ret, .m = m, .lines = l,
			     .rows = MAX_ROWS(l) };
	size_t offset = 0;

	memset(ret, 0, sizeof(*ret));
	ret->of_row = malloc((l->nrows + 1) * sizeof(*ret->of_row));
	ret->functions = malloc((m->nbodies + 1) * sizeof(*ret->functions));
	g.failed = !ret->of_row || !ret->functions;
	if (!g.failed) {
		memset(ret->of_row, 0xff, l->nrows * sizeof(*ret->of_row));
		memset(ret->functions, 0xff,
		       m->nbodies * sizeof(*ret->functions));
	}
	dwarf_open(&g.d, debug);
	g.effort = 4 * ((uint64_t)g.d.ranges.n + g.d.rnglists.n);
	while (!g.failed && dwarf_unit_begin(&g.u, &g.d, &offset))
		read_unit(&g);
	dwarf_free(&g.d);
	find_kin(&g);
	if (g.failed || ret->names.failed)
		scopes_free(ret);
}

void scopes_free(struct scopes *s)
{
	free(s->list);
	free(s->of_row);
	free(s->functions);
	free(s->params);
	interned_free(&s->names);
	memset(s, 0, sizeof(*s));
}

uint32_t scopes_find(const struct scopes *s, size_t entry)
{
	size_t n = array_upto(s->list, s->n, sizeof(*s->list), entry);

	return n && s->list[n - 1].entry == entry ? (uint32_t)n - 1 : NO_SCOPE;
}

uint32_t scopes_param(const struct scopes *s, size_t entry)
{
	size_t n = array_upto(s->params, s->nparams, sizeof(*s->params), entry);

	return n && s->params[n - 1].entry == entry ? s->params[n - 1].number : 0;
}
