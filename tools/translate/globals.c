// SPDX-License-Identifier: Apache-2.0
/* globals.c: source files and their variables from .debug_info, see globals.h. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "dwarf.h"
#include "globals.h"
#include "place.h"

/* Linux has 5000, some hundred in a file; what is beyond is left out. */
#define MAX_VARS 100000
#define MAX_OF_UNIT 10000

struct reading {
	struct globals *out;
	struct dwarf d;
	const struct wasm_module *m;
	struct lines *lines;
	struct locals *locals;
	uint32_t memory_base;
	size_t room_vars, room_units;
	bool failed; /* no memory */

	struct dwarf_unit u;
	uint64_t program; /* of the unit's lines */
	uint32_t function; /* that is being read */
};

static bool is_one_place(const struct reading *g, const struct place *place)
{
	if (!place->is_all)
		return false;
	return place->kind == PLACE_STATIC ? g->memory_base == UINT32_MAX :
	       place->kind == PLACE_BASED && place->global == g->memory_base;
}

/* False: it is none of these. */
static bool read_value(const struct reading *g, const struct dwarf_die *die,
		       struct global_var *v)
{
	struct place place = place_read(&g->u, &die->location);

	if (is_one_place(g, &place)) {
		v->kind = GLOBAL_AT;
		v->value = place.address;
		return true;
	}
	/* What has no place in a function, is one of those of locals.h. */
	if (g->function != NO_FUNCTION || die->declaration.is_set ||
	    (die->location.bytes.n && !place.is_gone))
		return false;
	v->kind = die->const_value.is_set && !die->const_value.bytes.n ? GLOBAL_IS :
									 GLOBAL_NOWHERE;
	v->value = die->const_value.u;
	return true;
}

static void add_variable(struct reading *g, const struct dwarf_die *die)
{
	struct globals *out = g->out;
	struct global_var v = { .function = g->function, .declared.file = NO_FILE };

	if (out->nvars - out->units[out->nunits - 1].first == MAX_OF_UNIT ||
	    out->nvars == MAX_VARS)
		return;
	if (!local_is_name(die->name.bytes) || !read_value(g, die, &v))
		return;
	v.name = interned_add(&g->locals->names, die->name.bytes);
	v.is = types_read(&g->locals->types, &g->u, &g->locals->names, &die->type, false);
	if (die->decl_file.is_set)
		v.declared.file = lines_file(g->lines, g->program, die->decl_file.u);
	if (die->decl_line.u <= INT32_MAX)
		v.declared.line = (uint32_t)die->decl_line.u;
	if (v.is < g->locals->types.n && array_room(&out->vars, out->nvars,
						    &g->room_vars, sizeof(v), &g->failed))
		out->vars[out->nvars++] = v;
}

static void begin_function(struct reading *g, const struct dwarf_die *die)
{
	uint32_t body = die->low_pc.is_set ? wasm_find_body(g->m, die->low_pc.u) :
					     UINT32_MAX;

	g->function = (uint32_t)(die->abstract_origin.is_set ? die->abstract_origin.u :
							       die->offset);
	if (body != UINT32_MAX)
		g->out->functions[body] = (struct global_function){
			(uint32_t)g->out->nunits - 1, g->function };
}

static void begin_unit(struct reading *g, const struct dwarf_die *die)
{
	g->program = die->stmt_list.is_set ? die->stmt_list.u : UINT64_MAX;
	g->out->units[g->out->nunits - 1].file = lines_unit_file(g->lines, die);
}

static int compare(const void *x, const void *y)
{
	const struct global_var *a = x, *b = y;

	if (a->function != b->function)
		return a->function < b->function ? -1 : 1;
	if (a->name != b->name)
		return a->name < b->name ? -1 : 1;
	return a->value < b->value ? -1 : a->value > b->value;
}

/* Those of one name in one function are in blocks of it, which nobody tells apart. */
static void end_unit(struct reading *g)
{
	struct globals *out = g->out;
	struct global_unit *unit = &out->units[out->nunits - 1];
	struct global_var *vars = out->vars + unit->first;
	size_t n = out->nvars - unit->first, i, kept = 0;

	if (n)
		qsort(vars, n, sizeof(*vars), compare);
	for (i = 0; i < n; i++) {
		bool is_double = (i && vars[i].function == vars[i - 1].function &&
				  vars[i].name == vars[i - 1].name) ||
				 (i + 1 < n && vars[i].function == vars[i + 1].function &&
				  vars[i].name == vars[i + 1].name);

		if (!is_double)
			vars[kept++] = vars[i];
	}
	out->nvars = unit->first + kept;
	unit->nvars = (uint32_t)kept;
}

static void read_unit(struct reading *g)
{
	unsigned int depth = 0, function = 0; /* function: of its entries, or 0 */
	struct dwarf_die die;

	g->function = NO_FUNCTION;
	if (!g->failed && dwarf_next(&g->u, &die) && die.has_children) {
		begin_unit(g, &die);
		depth = 1;
	}
	while (!g->failed && depth && dwarf_next(&g->u, &die)) {
		if (!die.tag) {
			depth--;
		} else if (die.tag == DW_TAG_variable) {
			add_variable(g, &die);
			depth += die.has_children;
		} else {
			depth += die.has_children;
			if (die.tag == DW_TAG_subprogram && !function) {
				begin_function(g, &die);
				function = die.has_children ? depth : UINT_MAX;
			}
		}
		if (depth < function) {
			g->function = NO_FUNCTION;
			function = 0;
		}
	}
}

void globals_read(const struct wasm_module *debug, const struct wasm_module *m,
		  struct lines *l, struct locals *locals, struct globals *ret)
{
	struct reading g = { .out = ret, .m = m, .lines = l, .locals = locals,
			     .memory_base = place_memory_base(debug) };
	size_t offset = 0, i;

	memset(ret, 0, sizeof(*ret));
	ret->functions = malloc((m->nbodies + 1) * sizeof(*ret->functions));
	g.failed = !ret->functions;
	for (i = 0; !g.failed && i < m->nbodies; i++)
		ret->functions[i] = (struct global_function){ NO_UNIT, NO_FUNCTION };
	dwarf_open(&g.d, debug);
	while (!g.failed && dwarf_unit_begin(&g.u, &g.d, &offset)) {
		if (!array_room(&ret->units, ret->nunits, &g.room_units,
				sizeof(*ret->units), &g.failed))
			break;
		ret->units[ret->nunits++] = (struct global_unit){
			(uint32_t)g.u.start, NO_FILE, (uint32_t)ret->nvars, 0 };
		read_unit(&g);
		end_unit(&g);
	}
	dwarf_free(&g.d);
	if (g.failed || locals->names.failed || locals->types.failed)
		globals_free(ret);
}

void globals_free(struct globals *g)
{
	free(g->vars);
	free(g->units);
	free(g->functions);
	memset(g, 0, sizeof(*g));
}

/* Those of functions with lower entries. */
static size_t count_below(const struct global_var *vars, size_t n, uint32_t function)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (vars[middle].function < function)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t globals_unit_of(const struct globals *g, uint32_t entry)
{
	size_t n = array_upto(g->units, g->nunits, sizeof(*g->units), entry);

	return n ? (uint32_t)n - 1 : NO_UNIT;
}

const struct global_var *globals_of(const struct globals *g, uint32_t unit,
				    uint32_t function, size_t *n)
{
	const struct global_unit *u = &g->units[unit];
	const struct global_var *vars = g->vars + u->first;
	size_t first = count_below(vars, u->nvars, function);

	*n = count_below(vars, u->nvars, function + 1) - first;
	return vars + first;
}
