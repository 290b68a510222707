// SPDX-License-Identifier: Apache-2.0
/* webs.c: the values of locals through a function's control flow, see webs.h. */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "webs.h"

#define NONE UINT32_MAX
/* For one function: some hundred megabytes at the worst. */
#define MAX_EFFORT (UINT64_C(1) << 24)

/* Where ways come together. */
struct label {
	uint32_t number;
	uint32_t *values; /* by local; NULL: nobody has come there */
};

struct block {
	uint16_t op;
	struct label target; /* of branches: its end or, of a loop, its beginning */
	struct label other;  /* else, or the catches of a try */
	struct wasm_reader catches; /* of a try_table */
};

struct reading {
	struct webs *out;
	struct values values;
	const uint8_t *code; /* address 0 */
	uint32_t nlocals, nlabels;
	uint32_t *now;	/* values, by local */
	uint32_t *last; /* their last changes, by local */
	struct block *blocks; /* those that we are in; the first one is the function */
	size_t depth, ntries;
	size_t room_blocks, room_changes, room_sets, room_gaps, room_controls;
	bool is_reached;
	bool failed;
};

/* ---- changes ---------------------------------------------------------- */

static void spend(struct reading *g, uint64_t n)
{
	values_spend(&g->values, n);
	g->failed |= g->values.failed;
}

/* Until webs_of_values(), the webs of changes are values. */
static void add_change(struct reading *g, uint32_t local, uint32_t address)
{
	struct webs *out = g->out;

	if (!array_room(&out->changes, out->nchanges, &g->room_changes,
			sizeof(*out->changes), &g->failed))
		return;
	g->last[local] = (uint32_t)out->nchanges;
	out->changes[out->nchanges++] = (struct web_change){
		.local = local, .address = address, .web = g->now[local] };
}

/* A local has its present value from an address on. */
static void change(struct reading *g, uint32_t local, uint32_t address)
{
	struct web_change *last;

	spend(g, 1);
	if (g->last[local] == NONE) {
		add_change(g, local, address);
		return;
	}
	last = &g->out->changes[g->last[local]];
	if (last->address == address)
		last->web = g->now[local];
	else if (last->web != g->now[local])
		add_change(g, local, address);
}

static void change_all(struct reading *g, uint32_t address)
{
	uint32_t i;

	for (i = 0; i < g->nlocals && !g->failed; i++)
		change(g, i, address);
}

/* ---- ways ------------------------------------------------------------- */

static void copy_values(struct reading *g, uint32_t **to, const uint32_t *from)
{
	size_t size = g->nlocals * sizeof(**to);

	spend(g, g->nlocals);
	if (!*to)
		*to = malloc(size + 1);
	if (*to)
		memcpy(*to, from, size);
	else
		g->failed = true;
}

/* A local may have this value, too, where a label is. */
static void come_with(struct reading *g, struct label *l, uint32_t local,
		      uint32_t value)
{
	uint32_t there = l->values[local], join = there;

	spend(g, 1);
	if (there == value || g->failed)
		return;
	if (g->values.list[there].label != l->number) {
		join = values_add(&g->values, l->number);
		values_join(&g->values, join, there);
		l->values[local] = join;
	}
	values_join(&g->values, join, value);
	g->failed |= g->values.failed;
}

static void come(struct reading *g, struct label *l)
{
	uint32_t i;

	if (!g->is_reached || g->failed)
		return;
	if (!l->values) {
		copy_values(g, &l->values, g->now);
		return;
	}
	for (i = 0; i < g->nlocals && !g->failed; i++)
		come_with(g, l, i, g->now[i]);
}

/* Where a branch from inside the block of that number, 1 is the function, goes. */
static struct label *target_of(struct reading *g, size_t depth, uint32_t n)
{
	if (n < depth)
		return &g->blocks[depth - 1 - n].target;
	g->failed = true;
	return NULL;
}

static void branch(struct reading *g, uint32_t n)
{
	struct label *l = target_of(g, g->depth, n);

	if (l)
		come(g, l);
}

static void branch_by_table(struct reading *g, const struct wasm_insn *insn,
			    const uint8_t *end)
{
	struct wasm_reader r = { insn->start + 1, end, false, NULL };
	uint32_t n;

	for (n = wasm_read_count(&r) + 1; n && !g->failed; n--)
		branch(g, wasm_read_u32(&r));
}

/* The next target of a try_table that is the block of that number, or NULL. */
static struct label *next_catch(struct reading *g, struct wasm_reader *r,
				size_t depth)
{
	if (r->p >= r->end)
		return NULL;
	if (wasm_read_byte(r) < 2)
		wasm_read_u32(r);
	return target_of(g, depth - 1, wasm_read_u32(r));
}

/* An exception may come after any assignment. */
static void come_to_catches(struct reading *g, uint32_t local)
{
	size_t i;

	for (i = g->ntries ? g->depth : 0; i && !g->failed; i--) {
		struct block *b = &g->blocks[i - 1];
		struct wasm_reader r = b->catches;
		struct label *l;

		spend(g, 1);
		if (b->op == WASM_OP_TRY && b->other.values)
			come_with(g, &b->other, local, g->now[local]);
		while (b->op == WASM_OP_TRY_TABLE && !g->failed &&
		       (l = next_catch(g, &r, i)))
			if (l->values)
				come_with(g, l, local, g->now[local]);
	}
}

/* The code in front leads no further; what follows is another way to be here. */
static void continue_with(struct reading *g, const struct label *l)
{
	g->is_reached = l->values;
	if (l->values)
		copy_values(g, &g->now, l->values);
}

/* ---- blocks ----------------------------------------------------------- */

static void begin_loop(struct reading *g, struct block *b, uint32_t address)
{
	uint32_t i;

	if (!g->is_reached)
		return;
	for (i = 0; i < g->nlocals; i++) {
		uint32_t join = values_add(&g->values, b->target.number);

		values_join(&g->values, join, g->now[i]);
		g->now[i] = join;
	}
	g->failed |= g->values.failed;
	come(g, &b->target);
	change_all(g, address);
}

static void begin_try_table(struct reading *g, struct block *b,
			    const struct wasm_insn *insn, const uint8_t *end)
{
	struct wasm_reader r = { insn->start + 1, end, false, NULL };
	struct label *l;

	wasm_read_leb(&r, 33, true);
	wasm_read_count(&r);
	b->catches = r;
	while ((l = next_catch(g, &r, g->depth)) && !g->failed)
		come(g, l);
}

static void begin_block(struct reading *g, const struct wasm_insn *insn,
			const uint8_t *end)
{
	struct block *b;

	if (!array_room(&g->blocks, g->depth, &g->room_blocks, sizeof(*b),
			&g->failed))
		return;
	b = &g->blocks[g->depth++];
	*b = (struct block){ .op = insn->op };
	b->target.number = ++g->nlabels;
	b->other.number = ++g->nlabels;
	g->ntries += b->op == WASM_OP_TRY || b->op == WASM_OP_TRY_TABLE;
	if (b->op == WASM_OP_LOOP)
		begin_loop(g, b, (uint32_t)(insn->start - g->code));
	else if (b->op == WASM_OP_IF || b->op == WASM_OP_TRY)
		come(g, &b->other);
	else if (b->op == WASM_OP_TRY_TABLE)
		begin_try_table(g, b, insn, end);
}

/* Else, or a catch. */
static void next_part(struct reading *g)
{
	struct block *b = &g->blocks[g->depth - 1];

	come(g, &b->target);
	g->ntries -= b->op == WASM_OP_TRY;
	continue_with(g, &b->other);
	b->op = WASM_OP_BLOCK;
}

static void free_block(struct block *b)
{
	free(b->target.values);
	free(b->other.values);
}

static void end_block(struct reading *g)
{
	struct block *b = &g->blocks[g->depth - 1];

	if (b->op != WASM_OP_LOOP) {
		come(g, &b->target);
		if (b->op == WASM_OP_IF) {
			continue_with(g, &b->other);
			come(g, &b->target);
		}
		continue_with(g, &b->target);
	}
	g->ntries -= b->op == WASM_OP_TRY || b->op == WASM_OP_TRY_TABLE;
	free_block(b);
	g->depth--;
}

/* ---- a function ------------------------------------------------------- */

static void note_set(struct reading *g, const struct wasm_insn *insn,
		     const uint8_t *end)
{
	struct webs *out = g->out;

	if (array_room(&out->sets, out->nsets, &g->room_sets, sizeof(*out->sets),
		       &g->failed))
		out->sets[out->nsets++] = (struct web_set){
			(uint32_t)insn->imm, (uint32_t)(end - g->code),
			(uint32_t)(insn->start - g->code),
			insn->op == WASM_OP_LOCAL_TEE };
}

static void note_control(struct reading *g, const struct wasm_insn *insn)
{
	struct webs *out = g->out;

	if (array_room(&out->controls, out->ncontrols, &g->room_controls,
		       sizeof(*out->controls), &g->failed))
		out->controls[out->ncontrols++] = (uint32_t)(insn->start - g->code);
}

static void use_local(struct reading *g, const struct wasm_insn *insn,
		      const uint8_t *end)
{
	uint32_t local = (uint32_t)insn->imm;

	if (insn->imm >= g->nlocals) {
		g->failed = true;
	} else if (!g->is_reached) {
		return;
	} else if (insn->op == WASM_OP_LOCAL_GET) {
		g->values.list[g->now[local]].is_used = true;
	} else {
		g->now[local] = values_add(&g->values, 0);
		come_to_catches(g, local);
		if (!g->failed)
			change(g, local, (uint32_t)(end - g->code));
		note_set(g, insn, end);
	}
}

/* What an instruction, which ends there, means for the way. */
static void follow(struct reading *g, const struct wasm_insn *insn,
		   const uint8_t *end)
{
	switch (insn->op) {
	case WASM_OP_BLOCK: case WASM_OP_LOOP: case WASM_OP_IF:
	case WASM_OP_TRY: case WASM_OP_TRY_TABLE:
		begin_block(g, insn, end);
		break;
	case WASM_OP_ELSE: case WASM_OP_CATCH: case WASM_OP_CATCH_ALL:
		next_part(g);
		break;
	case WASM_OP_END: case WASM_OP_DELEGATE:
		end_block(g);
		break;
	case WASM_OP_BR: case WASM_OP_BR_IF:
		branch(g, (uint32_t)insn->imm);
		g->is_reached &= insn->op == WASM_OP_BR_IF;
		break;
	case WASM_OP_BR_TABLE:
		branch_by_table(g, insn, end);
		g->is_reached = false;
		break;
	case WASM_OP_UNREACHABLE: case WASM_OP_RETURN: case WASM_OP_THROW:
	case WASM_OP_RETHROW: case WASM_OP_THROW_REF:
		g->is_reached = false;
		break;
	case WASM_OP_LOCAL_GET: case WASM_OP_LOCAL_SET: case WASM_OP_LOCAL_TEE:
		use_local(g, insn, end);
		return;
	default:
		return;
	}
	note_control(g, insn);
}

static void note_gap(struct reading *g, bool was_reached, uint32_t next)
{
	struct webs *out = g->out;

	if (was_reached == g->is_reached)
		return;
	if (g->is_reached) {
		out->gaps[out->ngaps - 1].end = next;
		return;
	}
	if (array_room(&out->gaps, out->ngaps, &g->room_gaps, sizeof(*out->gaps),
		       &g->failed))
		out->gaps[out->ngaps++] = (struct web_gap){ next, UINT32_MAX };
}

static bool joins_ways(uint16_t op)
{
	return op == WASM_OP_ELSE || op == WASM_OP_CATCH || op == WASM_OP_END ||
	       op == WASM_OP_CATCH_ALL || op == WASM_OP_DELEGATE;
}

static void follow_all(struct reading *g, struct wasm_reader *r)
{
	static const struct wasm_insn function = { .op = WASM_OP_BLOCK };
	struct wasm_insn insn;

	begin_block(g, &function, NULL);
	while (!g->failed && g->depth && wasm_read_insn(r, &insn)) {
		bool was_reached = g->is_reached;
		uint32_t next = (uint32_t)(r->p - g->code);

		follow(g, &insn, r->p);
		if (g->failed)
			break;
		note_gap(g, was_reached, next);
		if (g->is_reached && joins_ways(insn.op))
			change_all(g, next);
	}
	g->failed |= r->bad || g->depth;
}

/* Their number; values that they have at first. */
static void begin_locals(struct reading *g, const struct wasm_module *m,
			 uint32_t body, struct wasm_reader *r)
{
	uint32_t f = body + m->imported[WASM_K_FUNC], groups, i;
	struct wasm_reader again = *r;
	uint64_t n = m->types[m->func_types[f]].params.n;

	wasm_skip_locals(r);
	for (groups = wasm_read_count(&again); groups && !again.bad; groups--) {
		n += wasm_read_u32(&again);
		wasm_read_leb(&again, 33, true);
	}
	spend(g, n);
	if (r->bad || again.bad || g->failed) {
		g->failed = true;
		return;
	}
	g->nlocals = (uint32_t)n;
	g->now = malloc((n + 1) * sizeof(*g->now));
	g->last = malloc((n + 1) * sizeof(*g->last));
	g->failed = !g->now || !g->last;
	for (i = 0; i < n && !g->failed; i++) {
		g->now[i] = values_add(&g->values, 0);
		g->last[i] = NONE;
	}
	g->failed |= g->values.failed;
}

/* ---- webs ------------------------------------------------------------- */

/* Of changes and of sets. */
static int compare_places(const void *x, const void *y)
{
	const struct web_set *a = x, *b = y;

	if (a->local != b->local)
		return a->local < b->local ? -1 : 1;
	return (a->address > b->address) - (a->address < b->address);
}

static void sort(void *p, size_t n, size_t size)
{
	if (n)
		qsort(p, n, size, compare_places);
}

/* A change of value that is none of the web is none. */
static void drop_equal(struct webs *w)
{
	size_t i, n = 0;

	for (i = 0; i < w->nchanges; i++)
		if (!n || w->changes[n - 1].local != w->changes[i].local ||
		    w->changes[n - 1].web != w->changes[i].web)
			w->changes[n++] = w->changes[i];
	w->nchanges = n;
}

static void webs_of_values(struct reading *g)
{
	struct webs *out = g->out;
	uint32_t *webs = values_webs(&g->values);
	size_t i;

	g->failed |= !webs;
	for (i = 0; i < out->nchanges && webs; i++)
		out->changes[i].web = webs[out->changes[i].web];
	free(webs);
	sort(out->changes, out->nchanges, sizeof(*out->changes));
	sort(out->sets, out->nsets, sizeof(*out->sets));
	drop_equal(out);
}

static void read_body(struct reading *g, const struct wasm_module *m,
		      uint32_t body)
{
	struct wasm_slice s = m->bodies[body];
	struct wasm_reader r = { s.p, s.p + s.n, false, NULL };

	spend(g, s.n);
	if (!g->failed)
		begin_locals(g, m, body, &r);
	if (!g->failed)
		change_all(g, (uint32_t)(s.p - g->code));
	if (!g->failed)
		follow_all(g, &r);
	if (!g->failed)
		webs_of_values(g);
}

bool webs_read(const struct wasm_module *m, uint32_t body, uint64_t *effort,
	       struct webs *ret)
{
	uint64_t mine = *effort < MAX_EFFORT ? *effort : MAX_EFFORT;
	struct reading g = { .out = ret, .values.effort = mine,
			     .is_reached = true,
			     .code = m->section[WASM_CODE].p };

	*ret = (struct webs){ 0 };
	read_body(&g, m, body);
	*effort -= mine - g.values.effort;
	while (g.depth)
		free_block(&g.blocks[--g.depth]);
	free(g.blocks);
	free(g.last);
	free(g.now);
	values_free(&g.values);
	if (g.failed)
		webs_free(ret);
	return !g.failed;
}

void webs_free(struct webs *w)
{
	free(w->changes);
	free(w->sets);
	free(w->gaps);
	free(w->controls);
	*w = (struct webs){ 0 };
}

uint32_t webs_reached(const struct webs *w, uint32_t address)
{
	size_t i = array_upto(w->gaps, w->ngaps, sizeof(*w->gaps), address);

	return i && address < w->gaps[i - 1].end ? w->gaps[i - 1].end : address;
}

/* How many changes or sets of a size are of locals before that one, or of that one and
 * not behind that address. */
static size_t upto(const void *places, size_t n, size_t size, uint32_t local,
		   uint32_t address)
{
	const struct web_set key = { .local = local, .address = address };
	size_t low = 0;

	while (low < n) {
		size_t middle = low + (n - low) / 2;

		if (compare_places((const char *)places + middle * size, &key) <= 0)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

uint32_t webs_at(const struct webs *w, uint32_t local, uint32_t address,
		 uint32_t *until)
{
	size_t i = upto(w->changes, w->nchanges, sizeof(*w->changes), local,
			address);

	*until = i < w->nchanges && w->changes[i].local == local ?
		w->changes[i].address : UINT32_MAX;
	return i && w->changes[i - 1].local == local ? w->changes[i - 1].web :
		NO_WEB;
}

bool webs_is_set(const struct webs *w, uint32_t local, uint32_t from, uint32_t to)
{
	size_t i = upto(w->sets, w->nsets, sizeof(*w->sets), local, from);

	return i < w->nsets && w->sets[i].local == local &&
	       w->sets[i].address < to;
}

/* The assignment to a local that ends at an address, or NULL. */
static const struct web_set *set_before(const struct webs *w, uint32_t local,
					uint32_t address)
{
	size_t n = upto(w->sets, w->nsets, sizeof(*w->sets), local, address);
	const struct web_set *set = n ? &w->sets[n - 1] : NULL;

	return set && set->local == local && set->address == address ? set : NULL;
}

bool webs_is_tee(const struct webs *w, uint32_t local, uint32_t address,
		 uint32_t straight_to)
{
	const struct web_set *set = set_before(w, local, address);

	return set && set->is_tee &&
	       array_upto(w->controls, w->ncontrols, sizeof(uint32_t), address - 1) ==
	       array_upto(w->controls, w->ncontrols, sizeof(uint32_t), straight_to);
}

uint32_t webs_before(const struct webs *w, uint32_t local, uint32_t address)
{
	const struct web_set *set = set_before(w, local, address);

	return set ? set->start : address;
}
