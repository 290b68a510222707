// SPDX-License-Identifier: Apache-2.0
/* locals.c: variables of functions from .debug_info, see locals.h. */
#include <stdlib.h>
#include <string.h>

#include "dwarf.h"
#include "expression.h"
#include "interned.h"
#include "locals.h"
#include "localtype.h"

/* Of one function; what is beyond is left out. */
#define MAX_VARS 200
#define MAX_BLOCKS 400
#define MAX_DEPTH 200
#define MAX_HOPS 8 /* from an instance to what it is one of */

/* A variable while its function is read. */
struct found {
	struct wasm_slice name;
	struct local_type type;
	struct dwarf_value location;
	unsigned int block; /* that it is in */
	bool is_param, is_hidden;
	bool in_memory; /* at frame_offset from what the frame's local has */
	int32_t frame_offset;
};

struct reading {
	struct locals *out;
	struct dwarf d;
	const struct wasm_module *m;
	struct interned names;
	size_t room_vars, room_events;
	uint64_t effort; /* bytes of lists of locations that may be read */
	bool failed;	 /* no memory */

	struct dwarf_unit u;
	/* The function that is being read: */
	uint32_t body, start, end;
	uint32_t frame; /* the local with the frame's address, or ~0 */
	struct found found[MAX_VARS];
	unsigned int nfound;
	unsigned int parent[MAX_BLOCKS], nblocks;
};

/* ---- places ----------------------------------------------------------- */

static bool add_event(struct reading *g, uint32_t address, uint32_t var,
		      struct local_event event)
{
	struct locals *out = g->out;

	if (out->nevents == g->room_events) {
		size_t room = 2 * g->room_events + 1024;
		void *p = realloc(out->events, room * sizeof(*out->events));

		if (!p || room > UINT32_MAX) {
			g->failed = true;
			return false;
		}
		out->events = p;
		g->room_events = room;
	}
	event.address = address;
	event.var = var;
	out->events[out->nevents++] = event;
	return true;
}

/* The type of the function's local of that number; 0 if it has none. */
static unsigned int type_of_local(const struct reading *g, uint64_t n)
{
	const struct wasm_module *m = g->m;
	uint32_t f = g->body + m->imported[WASM_K_FUNC], groups;
	struct wasm_slice params = m->types[m->func_types[f]].params;
	struct wasm_slice s = m->bodies[g->body];
	struct wasm_reader r = { s.p, s.p + s.n, false, NULL };

	if (n < params.n)
		return params.p[n];
	n -= params.n;
	for (groups = wasm_read_count(&r); groups && !r.bad; groups--) {
		uint32_t count = wasm_read_u32(&r);
		unsigned int type = wasm_read_byte(&r);

		if (n < count)
			return r.bad ? 0 : type;
		n -= count;
	}
	return 0;
}

/* Is all of a variable in a local of that type? */
static bool is_all_there(const struct local_type *t, unsigned int local,
			 const struct expression *e)
{
	bool is_plain = !e->steps.n;

	switch (local) {
	case WASM_I32:
		return t->is_pointer || (t->class != LOCAL_FLOAT &&
			(t->size <= 4 || e->mask <= UINT32_MAX));
	case WASM_I64:
		return !t->is_pointer && t->class != LOCAL_FLOAT;
	case WASM_F32: case WASM_F64:
		return !t->is_pointer && t->class == LOCAL_FLOAT && is_plain &&
		       t->size == (local == WASM_F32 ? 4 : 8);
	default:
		return false;
	}
}

static void add_range(struct reading *g, uint32_t var, uint64_t from,
		      uint64_t to, struct wasm_slice expression)
{
	const struct local_type *type = &g->out->vars[var].type;
	unsigned int local = 0;
	struct expression e;

	if (from < g->start)
		from = g->start;
	if (to > g->end)
		to = g->end;
	if (from >= to || !expression_read(expression, &e))
		return;
	if (e.kind == LOCAL_IN)
		local = type_of_local(g, e.value);
	if (e.kind == LOCAL_IN ? !is_all_there(type, local, &e) :
	    type->class == LOCAL_FLOAT && !type->is_pointer)
		return;
	if (add_event(g, (uint32_t)from, var, (struct local_event){
			.kind = e.kind, .value = e.value, .steps = e.steps,
			.is_wide = local == WASM_I64 }))
		add_event(g, (uint32_t)to, var,
			  (struct local_event){ .kind = LOCAL_ENDS });
}

/* .debug_loc, DWARF 4 */
static void read_old_list(struct reading *g, uint32_t var, uint64_t offset)
{
	struct wasm_reader r = dwarf_reader_at(g->d.loc, offset);
	const uint8_t *start = r.p;
	uint64_t base = g->u.low_pc;

	while (!r.bad && (uint64_t)(r.p - start) < g->effort) {
		uint64_t from = dwarf_read_fixed(&r, 4);
		uint64_t to = dwarf_read_fixed(&r, 4);

		if (from == UINT32_MAX) {
			base = to;
			continue;
		}
		if (!from && !to)
			break;
		add_range(g, var, base + from, base + to,
			  wasm_read_bytes(&r, dwarf_read_fixed(&r, 2)));
	}
	g->effort -= (uint64_t)(r.p - start) < g->effort ?
		(uint64_t)(r.p - start) : g->effort;
}

/* .debug_loclists, DWARF 5 */
static void read_new_list(struct reading *g, uint32_t var, uint64_t offset)
{
	struct wasm_reader r = dwarf_reader_at(g->d.loclists, offset);
	const uint8_t *start = r.p;
	uint64_t base = g->u.low_pc, from, to;

	while (!r.bad && (uint64_t)(r.p - start) < g->effort) {
		unsigned int kind = wasm_read_byte(&r);

		if (kind == 6) { /* DW_LLE_base_address */
			base = dwarf_read_fixed(&r, 4);
			continue;
		} else if (kind == 1) { /* DW_LLE_base_addressx */
			base = dwarf_address(&g->u,
					     wasm_read_leb(&r, 64, false));
			continue;
		} else if (kind == 4) { /* DW_LLE_offset_pair */
			from = base + wasm_read_leb(&r, 64, false);
			to = base + wasm_read_leb(&r, 64, false);
		} else if (kind == 3) { /* DW_LLE_startx_length */
			from = dwarf_address(&g->u,
					     wasm_read_leb(&r, 64, false));
			to = from + wasm_read_leb(&r, 64, false);
		} else if (kind == 7 || kind == 8) { /* start_end, _length */
			from = dwarf_read_fixed(&r, 4);
			to = kind == 7 ? dwarf_read_fixed(&r, 4) :
					 from + wasm_read_leb(&r, 64, false);
		} else {
			break;
		}
		add_range(g, var, from, to,
			  wasm_read_bytes(&r, wasm_read_leb(&r, 64, false)));
	}
	g->effort -= (uint64_t)(r.p - start) < g->effort ?
		(uint64_t)(r.p - start) : g->effort;
}

static void read_location(struct reading *g, const struct found *f,
			  uint32_t var)
{
	if (!f->location.is_set)
		return;
	if (f->in_memory)
		add_event(g, g->start, var, (struct local_event){
				.kind = LOCAL_AT, .value = g->frame,
				.offset = f->frame_offset });
	else if (f->location.bytes.p)
		add_range(g, var, g->start, g->end, f->location.bytes);
	else if (g->u.version >= 5)
		read_new_list(g, var, f->location.u);
	else
		read_old_list(g, var, f->location.u);
}

/* ---- a function ------------------------------------------------------- */

static bool is_in_block(const struct reading *g, unsigned int block,
			unsigned int outer)
{
	while (block != outer && block)
		block = g->parent[block];
	return block == outer;
}

/* Can both be meant by their name at one place? */
static bool do_clash(const struct reading *g, const struct found *a,
		     const struct found *b)
{
	if (a->name.n != b->name.n || memcmp(a->name.p, b->name.p, a->name.n))
		return false;
	return memcmp(&a->type, &b->type, sizeof(a->type)) ||
	       is_in_block(g, a->block, b->block) ||
	       is_in_block(g, b->block, a->block);
}

/* Variables of one name and type in blocks beside each other become one. */
static uint32_t variable_of(struct reading *g, const struct found *f,
			    uint32_t first)
{
	struct locals *out = g->out;
	uint32_t name = interned_add(&g->names, f->name), i;

	for (i = first; i < out->nvars; i++)
		if (out->vars[i].name == name)
			return i;
	if (out->nvars == g->room_vars) {
		size_t room = 2 * g->room_vars + 1024;
		void *p = realloc(out->vars, room * sizeof(*out->vars));

		if (!p || room > UINT32_MAX) {
			g->failed = true;
			return UINT32_MAX;
		}
		out->vars = p;
		g->room_vars = room;
	}
	out->vars[out->nvars] = (struct local_var){ name, f->type, UINT32_MAX };
	return (uint32_t)out->nvars++;
}

static int compare_events(const void *x, const void *y)
{
	const struct local_event *a = x, *b = y;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	/* What ends here does so before the next thing begins. */
	return (b->kind == LOCAL_ENDS) - (a->kind == LOCAL_ENDS);
}

/* The parameter that a variable is when its function begins. */
static void find_param(struct reading *g, uint32_t var, uint32_t first_event)
{
	uint32_t body = g->body + g->m->imported[WASM_K_FUNC];
	size_t params = g->m->types[g->m->func_types[body]].params.n, i;
	struct local_var *v = &g->out->vars[var];

	for (i = first_event; i < g->out->nevents; i++) {
		const struct local_event *e = &g->out->events[i];

		if (e->var == var && e->kind == LOCAL_IN && !e->steps.n &&
		    e->address == g->start && e->value < params)
			v->param = (uint32_t)e->value;
	}
	for (i = g->out->parts[g->body].first_var; i < var; i++)
		if (g->out->vars[i].param == v->param)
			v->param = UINT32_MAX;
}

static void end_function(struct reading *g)
{
	struct local_part *part = &g->out->parts[g->body];
	unsigned int i, k;
	uint32_t var;

	if (part->nvars || part->nevents)
		return; /* two functions at one place: damage */
	for (i = 0; i < g->nfound; i++)
		for (k = 0; k < i; k++)
			if (do_clash(g, &g->found[i], &g->found[k]))
				g->found[i].is_hidden =
					g->found[k].is_hidden = true;
	part->first_var = (uint32_t)g->out->nvars;
	part->first_event = (uint32_t)g->out->nevents;
	for (i = 0; i < g->nfound; i++) {
		if (g->found[i].is_hidden)
			continue;
		var = variable_of(g, &g->found[i], part->first_var);
		if (g->failed)
			return;
		read_location(g, &g->found[i], var);
		if (g->found[i].is_param)
			find_param(g, var, part->first_event);
	}
	part->nvars = (uint32_t)g->out->nvars - part->first_var;
	part->nevents = (uint32_t)g->out->nevents - part->first_event;
	if (part->nevents)
		qsort(g->out->events + part->first_event, part->nevents,
		      sizeof(*g->out->events), compare_events);
}

/* Its body, by binary search; they lie in order. */
static bool begin_function(struct reading *g, uint64_t address)
{
	const uint8_t *code = g->m->section[WASM_CODE].p;
	uint32_t lo = 0, hi = g->m->nbodies;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if ((uint64_t)(g->m->bodies[mid].p - code) < address)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == g->m->nbodies ||
	    (uint64_t)(g->m->bodies[lo].p - code) != address)
		return false;
	g->body = lo;
	g->start = (uint32_t)address;
	g->end = g->start + (uint32_t)g->m->bodies[lo].n;
	g->nfound = 0;
	g->nblocks = 1;
	return true;
}

/* DW_OP_fbreg, and nothing else. */
static bool is_in_frame(const struct reading *g, struct found *f)
{
	struct wasm_slice s = f->location.bytes;
	struct wasm_reader r = { s.p, s.p + s.n, false, NULL };

	if (!s.p || g->frame == UINT32_MAX || wasm_read_byte(&r) != 0x91)
		return false;
	f->frame_offset = (int32_t)wasm_read_leb(&r, 33, true);
	return !r.bad && r.p == r.end;
}

/* DW_OP_WASM_location of a local: the shadow stack's address in the function. */
static uint32_t frame_of(const struct reading *g, const struct dwarf_die *die)
{
	struct expression e;

	if (!die->frame_base.bytes.p ||
	    !expression_read(die->frame_base.bytes, &e) || e.steps.n ||
	    e.kind != LOCAL_IN || type_of_local(g, e.value) != WASM_I32)
		return UINT32_MAX;
	return (uint32_t)e.value;
}

/* Name and type may be those of an entry that this one is an instance of. */
static bool find_origin(const struct reading *g, const struct dwarf_die *die,
			struct dwarf_die *ret)
{
	unsigned int i;

	*ret = *die;
	for (i = 0; i < MAX_HOPS && !ret->name.is_set &&
		    ret->abstract_origin.is_set; i++)
		if (!dwarf_die_at(&g->u, ret->abstract_origin.u, ret))
			return false;
	return true;
}

static void add_found(struct reading *g, const struct dwarf_die *die,
		      unsigned int block)
{
	struct found *f = &g->found[g->nfound];
	struct dwarf_die origin;

	if (!find_origin(g, die, &origin) || g->nfound == MAX_VARS ||
	    !local_is_name(origin.name.bytes))
		return;
	*f = (struct found){ .name = origin.name.bytes,
			     .location = die->location, .block = block,
			     .is_param = die->tag == DW_TAG_formal_parameter };
	f->in_memory = is_in_frame(g, f);
	if (f->in_memory)
		local_type_of_memory(&g->u, &g->names, &origin.type,
				     &f->type);
	else
		f->is_hidden = !local_type_read(&g->u, &g->names,
						  &origin.type, &f->type);
	g->nfound++;
}

static void read_result(struct reading *g, const struct dwarf_die *die)
{
	struct local_part *part = &g->out->parts[g->body];
	struct dwarf_die origin;

	part->has_result = find_origin(g, die, &origin) &&
			   local_type_read(&g->u, &g->names, &origin.type,
					   &part->result);
}

/* ---- a unit ----------------------------------------------------------- */

/* What the entries around one mean for it. */
struct scope {
	bool in_function;  /* in its own blocks, not in what was inlined */
	unsigned int block;
};

static struct scope inner_scope(struct reading *g, const struct dwarf_die *die,
				struct scope outer)
{
	if (die->tag == DW_TAG_subprogram) {
		if (!die->low_pc.is_set || !begin_function(g, die->low_pc.u))
			return (struct scope){ false, 0 };
		g->frame = frame_of(g, die);
		read_result(g, die);
		return (struct scope){ true, 0 };
	}
	if (die->tag != DW_TAG_lexical_block || !outer.in_function ||
	    g->nblocks == MAX_BLOCKS)
		return (struct scope){ false, 0 };
	g->parent[g->nblocks] = outer.block;
	return (struct scope){ true, g->nblocks++ };
}

static void read_unit(struct reading *g)
{
	struct scope scopes[MAX_DEPTH] = { { false, 0 } };
	unsigned int depth = 0, function = 0;
	struct dwarf_die die;

	while (!g->failed && dwarf_next(&g->u, &die)) {
		if (!die.tag) {
			if (!depth--)
				return;
			if (function && depth < function) {
				end_function(g);
				function = 0;
			}
			continue;
		}
		if (scopes[depth].in_function &&
		    (die.tag == DW_TAG_formal_parameter ||
		     die.tag == DW_TAG_variable))
			add_found(g, &die, scopes[depth].block);
		if (!die.has_children)
			continue;
		if (depth + 1 == MAX_DEPTH)
			return;
		if (function && die.tag == DW_TAG_subprogram)
			scopes[depth + 1] = (struct scope){ false, 0 };
		else
			scopes[depth + 1] = inner_scope(g, &die, scopes[depth]);
		depth++;
		if (die.tag == DW_TAG_subprogram && scopes[depth].in_function)
			function = depth;
	}
}

void locals_read(const struct wasm_module *debug, const struct wasm_module *m,
		 struct locals *ret)
{
	struct reading *g = calloc(1, sizeof(*g));
	size_t offset = 0;

	memset(ret, 0, sizeof(*ret));
	ret->parts = calloc(m->nbodies + 1, sizeof(*ret->parts));
	if (!g || !ret->parts) {
		free(g);
		locals_free(ret);
		return;
	}
	g->out = ret;
	g->m = m;
	dwarf_open(&g->d, debug);
	g->effort = 4 * ((uint64_t)g->d.loc.n + g->d.loclists.n);
	while (!g->failed && dwarf_unit_begin(&g->u, &g->d, &offset))
		read_unit(g);
	dwarf_free(&g->d);
	ret->names = g->names.texts;
	ret->nnames = g->names.n;
	interned_free_index(&g->names);
	if (g->failed || g->names.failed)
		locals_free(ret);
	free(g);
}

void locals_free(struct locals *l)
{
	size_t i;

	for (i = 0; i < l->nnames; i++)
		free(l->names[i]);
	free(l->names);
	free(l->vars);
	free(l->events);
	free(l->parts);
	memset(l, 0, sizeof(*l));
}
