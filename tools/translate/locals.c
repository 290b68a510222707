// SPDX-License-Identifier: Apache-2.0
/* locals.c: variables of functions from .debug_info, see locals.h. */
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "dwarf.h"
#include "expression.h"
#include "interned.h"
#include "locals.h"
#include "localtype.h"
#include "locations.h"

/* Of one function; what is beyond is left out: of what was inlined first. */
#define MAX_VARS 200
#define MAX_FOUND 800
#define MAX_FOUND_INLINED 600
#define MAX_DEPTH 200
#define MAX_LOOKS ((uint64_t)1 << 32) /* some seconds; a kernel: 1 % */
#define MAX_HOPS 8 /* from an instance to what it is one of */

/* A variable while its function is read. */
struct found {
	struct wasm_slice name;
	struct local_type type;
	struct dwarf_value location, constant;
	unsigned int block; /* that it is in */
	bool is_param, is_hidden, is_inlined;
	bool has_one_place; /* wherever its block is */
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
	uint64_t looks;	 /* at blocks and variables that is_meant() may take */
	bool failed;	 /* no memory */

	struct dwarf_unit u;
	/* The function that is being read: */
	uint32_t body, start, end;
	uint32_t frame; /* the local with the frame's address, or ~0 */
	uint64_t file;  /* that it is in */
	struct found found[MAX_FOUND];
	unsigned int nfound;
	struct blocks blocks;
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

static bool has_name_of(const struct found *a, const struct found *b)
{
	return a->name.n == b->name.n &&
	       !memcmp(a->name.p, b->name.p, a->name.n);
}

/* Is the variable what its name means there? So it is, or is not, up to *until.
 * Of inlined ones, those of an inner block hide those around it. */
static bool is_meant(struct reading *g, const struct found *f,
		     uint32_t address, uint32_t *until)
{
	const struct found *inner;
	uint64_t looks = g->nfound + g->blocks.nranges;

	*until = UINT32_MAX;
	if (!f->is_inlined && (!f->has_one_place || !f->block))
		return true;
	if (looks > g->looks)
		return false;
	g->looks -= looks;
	if (!blocks_cover(&g->blocks, f->block, address, until))
		return false;
	for (inner = g->found; f->is_inlined && inner < g->found + g->nfound; inner++)
		if (inner->is_inlined && inner->block != f->block &&
		    has_name_of(inner, f) &&
		    blocks_contain(&g->blocks, f->block, inner->block) &&
		    blocks_cover(&g->blocks, inner->block, address, until))
			return false;
	return true;
}

static void add_place(struct reading *g, const struct found *f, uint32_t var,
		      uint64_t from, uint64_t to, struct local_event event)
{
	static const struct local_event ends = { .kind = LOCAL_ENDS };
	uint32_t at, end = to < g->end ? (uint32_t)to : g->end, until;
	bool is_here;

	if (from < g->start)
		from = g->start;
	if (from >= end)
		return;
	for (at = (uint32_t)from; at < end; at = until) {
		is_here = is_meant(g, f, at, &until);
		if (until > end)
			until = end;
		if (is_here && (!add_event(g, at, var, event) ||
				!add_event(g, until, var, ends)))
			return;
	}
}

/* A variable whose places are read. */
struct placing {
	struct reading *g;
	const struct found *f;
	uint32_t var;
};

static void add_range(void *arg, uint64_t from, uint64_t to,
		      struct wasm_slice expression)
{
	const struct placing *p = arg;
	struct reading *g = p->g;
	const struct local_type *type = &p->f->type;
	unsigned int local = 0;
	struct expression e;

	if (!expression_read(expression, &e))
		return;
	if (e.kind == LOCAL_IN)
		local = type_of_local(g, e.value);
	if (e.kind == LOCAL_IN ? !is_all_there(type, local, &e) :
	    type->class == LOCAL_FLOAT && !type->is_pointer)
		return;
	add_place(g, p->f, p->var, from, to, (struct local_event){
			.kind = e.kind, .value = e.value, .steps = e.steps,
			.is_wide = local == WASM_I64 });
}

static void read_location(struct reading *g, const struct found *f,
			  uint32_t var)
{
	const struct dwarf_value *place = &f->location;
	struct local_event event = { .kind = LOCAL_AT, .value = g->frame,
				     .offset = f->frame_offset };
	struct placing p = { g, f, var };

	if (!place->is_set && f->constant.is_set) {
		event = (struct local_event){ .kind = LOCAL_IS,
					      .value = f->constant.u };
		if (f->type.class != LOCAL_FLOAT || f->type.is_pointer)
			add_place(g, f, var, g->start, g->end, event);
	} else if (f->in_memory && !f->is_inlined) {
		add_event(g, g->start, var, event);
	} else if (f->in_memory) {
		add_place(g, f, var, g->start, g->end, event);
	} else if (place->bytes.p) {
		add_range(&p, g->start, g->end, place->bytes);
	} else if (place->is_set) {
		locations_read(&g->u, place->u, &g->effort, add_range, &p);
	}
}

/* ---- a function ------------------------------------------------------- */

/* Two that their name could mean at one place are not shown; but the function's
 * own go before inlined ones, of which inner ones go before those around. */
static void hide_clash(const struct reading *g, struct found *a,
		       struct found *b)
{
	bool same_type = !memcmp(&a->type, &b->type, sizeof(a->type)), clash;

	if (!has_name_of(a, b))
		return;
	if (a->is_inlined != b->is_inlined) {
		(a->is_inlined ? a : b)->is_hidden = true;
		return;
	}
	if (a->is_inlined)
		clash = a->block == b->block || g->blocks.is_incomplete;
	else
		clash = blocks_contain(&g->blocks, a->block, b->block) ||
			blocks_contain(&g->blocks, b->block, a->block);
	if (clash || !same_type)
		a->is_hidden = b->is_hidden = true;
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

/* Those of the function itself, or those of what was inlined. */
static void add_vars(struct reading *g, const struct local_part *part,
		     bool inlined)
{
	const struct found *f;
	uint32_t var;

	for (f = g->found; f < g->found + g->nfound; f++) {
		if (f->is_hidden || f->is_inlined != inlined)
			continue;
		if (g->out->nvars - part->first_var == MAX_VARS)
			return;
		var = variable_of(g, f, part->first_var);
		if (g->failed)
			return;
		read_location(g, f, var);
		if (f->is_param && !inlined)
			find_param(g, var, part->first_event);
	}
}

static void end_function(struct reading *g)
{
	struct local_part *part = &g->out->parts[g->body];
	unsigned int i, k;

	if (part->nvars || part->nevents)
		return; /* two functions at one place: damage */
	for (i = 0; i < g->nfound; i++)
		for (k = 0; k < i; k++)
			hide_clash(g, &g->found[i], &g->found[k]);
	part->first_var = (uint32_t)g->out->nvars;
	part->first_event = (uint32_t)g->out->nevents;
	add_vars(g, part, false);
	add_vars(g, part, true);
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
	blocks_begin(&g->blocks);
	return true;
}

/* DW_OP_fbreg, and nothing else. */
static bool is_in_frame(const struct reading *g, struct found *f)
{
	struct wasm_slice s = f->location.bytes;
	struct wasm_reader r = { s.p, s.p + s.n, false, NULL };

	if (!s.p || g->frame == UINT32_MAX ||
	    wasm_read_byte(&r) != DW_OP_fbreg)
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
	bool is_inlined = g->blocks.list[block].is_inlined;
	struct found *f = &g->found[g->nfound];
	struct dwarf_die origin;

	if (g->nfound >= (is_inlined ? MAX_FOUND_INLINED : MAX_FOUND) ||
	    !find_origin(g, die, &origin) ||
	    !local_is_name(origin.name.bytes))
		return;
	*f = (struct found){ .name = origin.name.bytes,
			     .location = die->location,
			     .constant = die->const_value, .block = block,
			     .is_param = die->tag == DW_TAG_formal_parameter,
			     .is_inlined = is_inlined };
	f->in_memory = is_in_frame(g, f);
	f->has_one_place = !f->location.is_set || f->location.bytes.p;
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
	bool in_function;  /* or in what was inlined from the same file */
	unsigned int block;
};

/* Functions of other files, of headers mostly, are small and many: what is in
 * them is left out. */
static bool is_of_file(const struct reading *g, const struct dwarf_die *die)
{
	struct dwarf_die origin;

	return find_origin(g, die, &origin) && origin.decl_file.is_set &&
	       origin.decl_file.u == g->file;
}

static struct scope inner_scope(struct reading *g, const struct dwarf_die *die,
				struct scope outer)
{
	struct dwarf_die origin;
	unsigned int block;

	if (die->tag == DW_TAG_subprogram) {
		if (!die->low_pc.is_set || !begin_function(g, die->low_pc.u))
			return (struct scope){ false, 0 };
		g->frame = frame_of(g, die);
		g->file = find_origin(g, die, &origin) &&
			  origin.decl_file.is_set ? origin.decl_file.u :
						    UINT64_MAX;
		read_result(g, die);
		return (struct scope){ true, 0 };
	}
	if (!outer.in_function || (die->tag != DW_TAG_lexical_block &&
	    (die->tag != DW_TAG_inlined_subroutine || !is_of_file(g, die))))
		return (struct scope){ false, 0 };
	block = blocks_add(&g->blocks, outer.block, &g->u, die);
	return (struct scope){ block, block };
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
	g->looks = MAX_LOOKS;
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
