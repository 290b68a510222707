// SPDX-License-Identifier: Apache-2.0
/* locals.c: variables of functions from .debug_info, see locals.h. */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "doubts.h"
#include "dwarf.h"
#include "early.h"
#include "expression.h"
#include "found.h"
#include "locals.h"
#include "place.h"
#include "webs.h"

#define MAX_VARS 1000 /* of one function; what is beyond is left out */
#define NO_VAR UINT32_MAX
#define MAX_DEPTH 200
/* For the webs of a module; Linux takes a twentieth. */
#define MAX_EFFORT (UINT64_C(1) << 28)

struct reading {
	struct locals *out;
	struct dwarf d;
	const struct wasm_module *m;
	const struct scopes *scopes;
	size_t room_vars, room_events, room_abstract;
	uint64_t effort; /* bytes of lists of locations that may be read */
	uint64_t webs_effort;
	bool failed;	 /* no memory */

	struct dwarf_unit u;
	/* The function that is being read: */
	struct local_part *part;
	uint32_t body, start, end;
	uint32_t frame; /* the local with the frame's address, or ~0 */
	struct webs webs;
	bool has_webs;
	struct listing listing; /* of one variable */
};

/* NO_VAR: there is no room for it. */
static uint32_t add_var(struct reading *g, const struct local_var *v)
{
	struct locals *out = g->out;

	if (out->nvars - g->part->first_var == MAX_VARS ||
	    !array_room(&out->vars, out->nvars, &g->room_vars, sizeof(*v),
			&g->failed))
		return NO_VAR;
	out->vars[out->nvars] = *v;
	return (uint32_t)out->nvars++;
}

/* ---- places ----------------------------------------------------------- */

static void add_event(struct reading *g, uint32_t address, uint32_t var,
		      struct local_event event)
{
	struct locals *out = g->out;

	event.address = address;
	event.var = var;
	if (array_room(&out->events, out->nevents, &g->room_events, sizeof(event),
		       &g->failed))
		out->events[out->nevents++] = event;
}

/* It ends in front of an assignment to its local: what has a value for no more than a
 * moment gets it for longer by some passes of LLVM. */
static void add_span(struct reading *g, uint32_t var, uint32_t from, uint32_t to,
		      struct local_event event)
{
	static const struct local_event ends = { .kind = LOCAL_ENDS };

	if (event.kind != LOCAL_IS)
		to = webs_before(&g->webs, (uint32_t)event.value, to);
	if (from >= to)
		return;
	add_event(g, from, var, event);
	add_event(g, to, var, ends);
}

/* As long as the local has something of the same web as at first. When the function
 * begins, only parameters are there: what is said of another local is meant of what it
 * has next. */
static void add_in_local(struct reading *g, uint32_t var, uint32_t from, uint32_t to,
			 struct local_event event)
{
	uint32_t local = (uint32_t)event.value, start = from, at, next;
	uint32_t web = webs_at(&g->webs, local, from, &next);
	bool is_there = true;

	if (from == g->start && local >= wasm_params(g->m, g->body).n) {
		start = next;
		web = webs_at(&g->webs, local, start, &next);
	}
	if (web == NO_WEB)
		return;
	for (; next < to && g->webs_effort; g->webs_effort--) {
		bool was_there = is_there;

		at = next;
		is_there = webs_at(&g->webs, local, at, &next) == web;
		if (was_there && !is_there)
			add_span(g, var, start, at, event);
		else if (!was_there)
			start = at;
	}
	if (is_there && next >= to)
		add_span(g, var, start, to, event);
}

static void add_place(struct reading *g, uint32_t var, uint64_t from, uint64_t to,
		      struct local_event event)
{
	if (from < g->start)
		from = g->start;
	if (to > g->end)
		to = g->end;
	if (from >= to || (event.kind != LOCAL_IS && !g->has_webs))
		return;
	from = webs_reached(&g->webs, (uint32_t)from);
	to = webs_reached(&g->webs, (uint32_t)to);
	if (to > g->end)
		to = g->end;
	if (event.kind == LOCAL_IS)
		add_span(g, var, (uint32_t)from, (uint32_t)to, event);
	else
		add_in_local(g, var, (uint32_t)from, (uint32_t)to, event);
}

/* Type of the local that a place is made of, or 0. */
static unsigned int local_of(const struct reading *g, const struct expression *e)
{
	return e->kind == LOCAL_IN ? wasm_local_type(g->m, g->body, e->value) : 0;
}

/* A place for all the time from an address on. */
static void add_range(struct reading *g, uint32_t var, const struct listed *l)
{
	struct expression e;
	unsigned int local;

	if (!expression_read(l->place, &e))
		return;
	local = local_of(g, &e);
	if (expression_is_all(&e, local, &g->out->vars[var].type))
		add_place(g, var, l->from, l->to, (struct local_event){
				.kind = e.kind, .value = e.value, .steps = e.steps,
				.is_wide = local == WASM_I64 });
}

/* What is of one number with a fraction is that, if it is from the beginning. */
static void settle_type(const struct reading *g, uint32_t var, struct wasm_slice place)
{
	size_t n = g->out->nevents;
	struct expression e;
	unsigned int local = expression_read(place, &e) ? local_of(g, &e) : 0;

	if ((local == WASM_F32 || local == WASM_F64) &&
	    !(n && g->out->events[n - 1].var >= var))
		g->out->vars[var].type.class = LOCAL_FLOAT;
}

/* The variable that has so many bytes of another one, or all of them: itself, or a piece
 * of a structure, perhaps a new one; NO_VAR: they overlap with others, or are no number.
 * size: 0, of all. */
static uint32_t piece_of(struct reading *g, uint32_t whole, uint64_t at, uint64_t size,
			 struct wasm_slice place)
{
	struct locals *out = g->out;
	struct local_var piece = out->vars[whole], *v;
	uint32_t all, var;

	if (piece.structure == TYPE_NONE)
		return size ? NO_VAR : whole;
	all = out->types.list[piece.structure].size;
	if (!size)
		size = all;
	if (at + size > all || !local_is_size(size))
		return NO_VAR;
	if (size == all) {
		settle_type(g, whole, place);
		return whole;
	}
	for (v = out->vars + whole + 1; v < out->vars + out->nvars; v++)
		if (at < v->at + v->type.size && v->at < at + size)
			return v->at == at && v->type.size == size ?
				(uint32_t)(v - out->vars) : NO_VAR;
	piece.at = (uint32_t)at;
	piece.type = (struct local_type){ .class = LOCAL_UNSIGNED,
					  .size = (uint8_t)size };
	var = add_var(g, &piece);
	if (var != NO_VAR)
		settle_type(g, var, place);
	return var;
}

/* A place, or those of its pieces. */
static void add_listed(struct reading *g, const struct found *f, uint32_t var,
		       struct listed l, bool is_sure)
{
	struct wasm_slice rest = l.place;
	uint64_t at = 0, size;
	uint32_t piece;

	for (; expression_piece(&rest, &l.place, &size); at += size) {
		if (!is_sure && listed_is_early(&l, &g->webs, g->start, g->end,
						f->is_param))
			continue;
		piece = piece_of(g, var, at, size, l.place);
		if (piece != NO_VAR)
			add_range(g, piece, &l);
	}
}

static void read_list(struct reading *g, const struct found *f, uint32_t var)
{
	size_t i;

	listing_read(&g->listing, &g->u, f->location.u, &g->effort);
	g->failed |= g->listing.failed;
	for (i = 0; i < g->listing.n; i++)
		add_listed(g, f, var, g->listing.list[i], false);
}

/* One place is told for all of a variable's scope. */
static void read_location(struct reading *g, const struct found *f, uint32_t var)
{
	const struct dwarf_value *place = &f->location;
	const struct local_var *v = &g->out->vars[var];
	uint32_t start = g->start, end = g->end;
	struct local_event event = { .kind = LOCAL_AT, .value = g->frame };

	if (v->scope != NO_SCOPE) {
		start = g->scopes->list[v->scope].start;
		end = g->scopes->list[v->scope].end;
	}
	if (!place->is_set && f->constant.is_set) {
		event = (struct local_event){ .kind = LOCAL_IS,
					      .value = f->constant.u };
		if (v->type.class != LOCAL_FLOAT || v->type.is_pointer)
			add_place(g, var, start, end, event);
	} else if (f->in_memory) {
		add_place(g, var, g->start, g->end, event);
	} else if (place->bytes.p) {
		add_listed(g, f, var, (struct listed){ start, end, end,
						       place->bytes }, true);
	} else if (place->is_set) {
		read_list(g, f, var);
	}
}

/* ---- a function ------------------------------------------------------- */

static int compare_events(const void *x, const void *y)
{
	const struct local_event *a = x, *b = y;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	/* What ends here does so before the next thing begins. */
	return (b->kind == LOCAL_ENDS) - (a->kind == LOCAL_ENDS);
}

/* The parameter that a variable is when its function begins. */
static void find_param(struct reading *g, uint32_t var, size_t first_event)
{
	size_t params = wasm_params(g->m, g->body).n, i;
	struct local_var *v = &g->out->vars[var];

	for (i = first_event; i < g->out->nevents; i++) {
		const struct local_event *e = &g->out->events[i];

		if (e->var == var && e->kind == LOCAL_IN && !e->steps.n &&
		    e->address == g->start && e->value < params)
			v->param = (uint32_t)e->value;
	}
	for (i = g->part->first_var; i < var; i++)
		if (g->out->vars[i].param == v->param)
			v->param = UINT32_MAX;
}

static void begin_function(struct reading *g, uint32_t body)
{
	g->body = body;
	g->part = &g->out->parts[body];
	g->start = (uint32_t)(g->m->bodies[body].p -
			      g->m->section[WASM_CODE].p);
	g->end = g->start + (uint32_t)g->m->bodies[body].n;
	g->has_webs = webs_read(g->m, body, &g->webs_effort, &g->webs);
	g->part->first_var = (uint32_t)g->out->nvars;
	g->part->first_event = (uint32_t)g->out->nevents;
}

static void end_function(struct reading *g)
{
	struct local_part *part = g->part;

	if (!g->failed)
		doubts_end(g->out->events + part->first_event,
			   g->out->nevents - part->first_event, &g->webs,
			   &g->webs_effort);
	webs_free(&g->webs);
	part->nvars = (uint32_t)g->out->nvars - part->first_var;
	part->nevents = (uint32_t)g->out->nevents - part->first_event;
	if (part->nevents)
		qsort(g->out->events + part->first_event, part->nevents,
		      sizeof(*g->out->events), compare_events);
}

/* DW_OP_WASM_location of a local: the shadow stack's address in the function. */
static uint32_t frame_of(const struct reading *g, const struct dwarf_die *die)
{
	struct expression e;

	if (!die->frame_base.bytes.p ||
	    !expression_read(die->frame_base.bytes, &e) || e.steps.n ||
	    local_of(g, &e) != WASM_I32)
		return UINT32_MAX;
	return (uint32_t)e.value;
}

/* Does the function have one of that name in that scope? */
static bool is_known(const struct reading *g, uint32_t scope, uint32_t name)
{
	const struct local_var *v = g->out->vars + g->part->first_var;
	const struct local_var *end = g->out->vars + g->out->nvars;

	for (; v < end; v++)
		if (v->scope == scope && v->name == name)
			return true;
	return false;
}

/* A static one, which is told of in globals.h. */
static bool is_placed(const struct reading *g, const struct dwarf_die *die)
{
	return place_read(&g->u, &die->location).kind != PLACE_NONE;
}

static uint32_t line_of(const struct dwarf_die *die)
{
	return die->decl_line.u <= INT32_MAX ? (uint32_t)die->decl_line.u : 0;
}

static void add_variable(struct reading *g, const struct dwarf_die *die,
			 uint32_t scope)
{
	struct locals *out = g->out;
	size_t first_event = out->nevents;
	struct local_var v = { .param = UINT32_MAX, .scope = scope };
	struct dwarf_die origin;
	struct found f;
	uint32_t var;

	if (is_placed(g, die) || !dwarf_die_origin(&g->u, die, &origin) ||
	    !local_is_name(origin.name.bytes))
		return;
	found_read(&f, &g->u, g->out, g->frame != UINT32_MAX, die, &origin);
	f.is_param = die->tag == DW_TAG_formal_parameter && scope == NO_SCOPE;
	v.name = interned_add(&out->names, origin.name.bytes);
	v.is = f.is;
	v.type = f.type;
	v.offset = (uint32_t)f.offset;
	v.number = f.is_param ? ++g->part->nparams :
		   scopes_param(g->scopes, origin.offset);
	v.line = line_of(&origin);
	v.structure = f.structure;
	v.whole = (uint32_t)out->nvars;
	var = is_known(g, scope, v.name) ? NO_VAR : add_var(g, &v);
	if (var == NO_VAR)
		return;
	read_location(g, &f, var);
	if (f.is_param)
		find_param(g, var, first_event);
}

static uint32_t type_of(struct reading *g, const struct dwarf_die *die)
{
	return types_read(&g->out->types, &g->u, &g->out->names, &die->type, false);
}

static void read_result(struct reading *g, const struct dwarf_die *die)
{
	struct dwarf_die origin;

	g->part->has_result = dwarf_die_origin(&g->u, die, &origin) &&
			      local_type_read(&g->u, &origin.type,
					      &g->part->result);
	if (g->part->has_result)
		g->part->result_is = type_of(g, &origin);
}

/* ---- a function that is put into others --------------------------------- */

/* Of those that were added last, which are the function's. */
static bool has_abstract(const struct locals *l, uint32_t function, uint32_t name)
{
	size_t i;

	for (i = l->nabstract; i && l->abstract[i - 1].function == function; i--)
		if (l->abstract[i - 1].name == name ||
		    l->nabstract - i == MAX_VARS)
			return true;
	return false;
}

static void add_abstract(struct reading *g, const struct dwarf_die *die,
			 uint32_t function)
{
	struct locals *out = g->out;
	struct local_abstract a = { .function = function };

	if (is_placed(g, die) || !local_is_name(die->name.bytes))
		return;
	a.name = interned_add(&out->names, die->name.bytes);
	a.number = scopes_param(g->scopes, die->offset);
	a.line = line_of(die);
	if (has_abstract(out, function, a.name))
		return;
	a.is = type_of(g, die);
	if (array_room(&out->abstract, out->nabstract, &g->room_abstract,
		       sizeof(a), &g->failed))
		out->abstract[out->nabstract++] = a;
}

/* ---- a unit ----------------------------------------------------------- */

/* What the entries around one mean for it. */
struct around {
	bool in_function;
	bool in_code; /* of any function: those in it are none of ours */
	uint32_t scope;
	uint32_t abstract; /* the entry of the function that is put into others,
			    * or 0 */
};

/* False: it is in no module, or was read before, which is damage. */
static bool enter_function(struct reading *g, const struct dwarf_die *die)
{
	uint32_t body = die->low_pc.is_set ?
		wasm_find_body(g->m, die->low_pc.u) : UINT32_MAX;

	if (body == UINT32_MAX || g->out->parts[body].nvars ||
	    g->out->parts[body].nevents)
		return false;
	begin_function(g, body);
	g->frame = frame_of(g, die);
	read_result(g, die);
	return true;
}

static struct around inside(struct reading *g, const struct dwarf_die *die,
			    struct around outer)
{
	struct around in = { .in_code = outer.in_code, .scope = NO_SCOPE };

	if (die->tag == DW_TAG_subprogram && !outer.in_code) {
		in.in_function = in.in_code = enter_function(g, die);
		if (!die->low_pc.is_set)
			in.abstract = (uint32_t)die->offset;
	} else if (die->tag == DW_TAG_lexical_block && outer.abstract) {
		in.abstract = outer.abstract;
	} else if (outer.in_function && (die->tag == DW_TAG_lexical_block ||
				die->tag == DW_TAG_inlined_subroutine)) {
		in.scope = scopes_find(g->scopes, die->offset);
		in.in_function = in.scope != NO_SCOPE;
	}
	return in;
}

static void add_either(struct reading *g, const struct dwarf_die *die,
		       const struct around *in)
{
	if (in->in_function)
		add_variable(g, die, in->scope);
	else if (in->abstract)
		add_abstract(g, die, in->abstract);
}

static void read_unit(struct reading *g)
{
	struct around stack[MAX_DEPTH] = { { .scope = NO_SCOPE } };
	unsigned int depth = 0, function = 0;
	struct dwarf_die die;

	while (!g->failed && dwarf_next(&g->u, &die)) {
		if (!die.tag) {
			if (!depth--)
				break;
			if (function && depth < function) {
				end_function(g);
				function = 0;
			}
			continue;
		}
		if (die.tag == DW_TAG_formal_parameter || die.tag == DW_TAG_variable)
			add_either(g, &die, &stack[depth]);
		if (!die.has_children)
			continue;
		if (depth + 1 == MAX_DEPTH)
			break;
		stack[depth + 1] = inside(g, &die, stack[depth]);
		depth++;
		if (die.tag == DW_TAG_subprogram && stack[depth].in_function)
			function = depth;
	}
	if (function)
		end_function(g);
}

void locals_read(const struct wasm_module *debug, const struct wasm_module *m,
		 const struct scopes *scopes, struct locals *ret)
{
	struct reading g = { .out = ret, .m = m, .scopes = scopes,
			     .webs_effort = MAX_EFFORT };
	size_t offset = 0;

	memset(ret, 0, sizeof(*ret));
	ret->types.has_wholes = m->has_dylink;
	ret->parts = calloc(m->nbodies + 1, sizeof(*ret->parts));
	g.failed = !ret->parts;
	dwarf_open(&g.d, debug);
	g.effort = 4 * ((uint64_t)g.d.loc.n + g.d.loclists.n);
	while (!g.failed && dwarf_unit_begin(&g.u, &g.d, &offset))
		read_unit(&g);
	dwarf_free(&g.d);
	free(g.listing.list);
	if (g.failed || ret->names.failed || ret->types.failed)
		locals_free(ret);
}

void locals_free(struct locals *l)
{
	interned_free(&l->names);
	types_free(&l->types);
	free(l->vars);
	free(l->abstract);
	free(l->events);
	free(l->parts);
	memset(l, 0, sizeof(*l));
}

bool locals_is_piece(const struct locals *l, const struct local_var *var)
{
	return var - l->vars != var->whole;
}

uint64_t locals_padding(const struct locals *l, const struct local_var *var)
{
	const struct local_var *v = &l->vars[var->whole], *end = l->vars + l->nvars;
	uint32_t size = l->types.list[v->structure].size;
	uint64_t bytes = ~UINT64_C(0) >> (64 - size) &
			 ~types_used(&l->types, v->structure);

	while (++v < end && v->whole == var->whole)
		bytes &= ~(((UINT64_C(1) << v->type.size) - 1) << v->at);
	return bytes;
}
