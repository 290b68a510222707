// SPDX-License-Identifier: Apache-2.0
/*
 * prune.c: leaves types and data of DWARF, see prune.h.
 *
 * One walk over .debug_info notes what is to be cut, and every reference in what
 * stays; then what stays is copied, and the references are made to fit. Offsets
 * only become smaller, so that each fits into the bytes that it had.
 *
 * References that count from their unit's start have four bytes, as compilers make
 * them; then they count from the section's start afterwards, and types that units
 * have in common can be merged. If there are others, all stay as they are.
 */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "blank.h"
#include "merge.h"
#include "place.h"
#include "prune.h"

#define MAX_DEPTH 256
#define NOWHERE SIZE_MAX

/* Bytes of .debug_info that are left out. */
struct cut {
	uint32_t start, end;
	uint32_t before; /* how many bytes are cut before it */
};

/* An array that grows. */
struct cuts {
	struct cut *p;
	size_t n, room;
};

/* A dwarf_ref, packed: a kernel has millions. The section of a wasm32 module has
 * less than 4 GiB. */
struct ref {
	uint32_t at, base, target;
	uint8_t size, is_leb;
	uint8_t root; /* from base to the unit's own entry */
};

struct refs {
	struct ref *p;
	size_t n, room;
};

struct prune {
	struct dwarf *d;
	struct cuts cuts;
	struct refs refs;
	struct buffer units; /* size_t: where each unit that stays starts */
	struct buffer based; /* size_t: lengths of places that were based */
	uint32_t memory_base;
	bool failed;
	bool merges;
	struct merge merge;
	struct merge_type *type; /* that the walk is in, or NULL */
	unsigned int type_depth;
	/* Of the entry that was read last. */
	uint64_t hash;
};

/* What an entry is in decides whether it stays. */
enum context { IN_SCOPE, IN_CODE, IN_TYPE };

static void add_cut(struct prune *p, size_t start, size_t end)
{
	struct cuts *c = &p->cuts;
	struct cut *last = c->n ? &c->p[c->n - 1] : NULL, *more;

	if (last && last->end == start) {
		last->end = (uint32_t)end;
		return;
	}
	more = array_grow(c->p, c->n, &c->room, sizeof(*c->p));
	if (!more) {
		p->failed = true;
		return;
	}
	c->p = more;
	last = c->n ? &c->p[c->n - 1] : NULL;
	c->p[c->n++] = (struct cut){
		(uint32_t)start, (uint32_t)end,
		last ? last->before + last->end - last->start : 0
	};
}

static void add_refs(struct prune *p, const struct dwarf_die *die,
		     uint8_t root)
{
	struct refs *r = &p->refs;
	unsigned int i;

	for (i = 0; i < die->nrefs; i++) {
		const struct dwarf_ref *ref = &die->refs[i];
		struct ref *more = array_grow(r->p, r->n, &r->room,
					      sizeof(*r->p));

		if (!more) {
			p->failed = true;
			return;
		}
		r->p = more;
		r->p[r->n++] = (struct ref){
			.at = (uint32_t)ref->at,
			.base = (uint32_t)ref->base,
			.target = (uint32_t)ref->target,
			.size = (uint8_t)ref->size,
			.is_leb = ref->is_leb,
			.root = root,
		};
	}
}

/* The tags of DWARF 5, 7.5.3, that describe a type. */
static bool is_type(unsigned int tag)
{
	static const uint8_t tags[] = {
		DW_TAG_array_type, DW_TAG_class_type, DW_TAG_enumeration_type,
		DW_TAG_pointer_type, DW_TAG_reference_type, DW_TAG_string_type,
		DW_TAG_structure_type, DW_TAG_subroutine_type, DW_TAG_typedef,
		DW_TAG_union_type, DW_TAG_ptr_to_member_type, DW_TAG_set_type,
		DW_TAG_subrange_type, DW_TAG_base_type, DW_TAG_const_type,
		DW_TAG_packed_type, DW_TAG_volatile_type, DW_TAG_restrict_type,
		DW_TAG_interface_type, DW_TAG_unspecified_type,
		DW_TAG_shared_type, DW_TAG_rvalue_reference_type,
		DW_TAG_template_alias, DW_TAG_coarray_type, DW_TAG_dynamic_type,
		DW_TAG_atomic_type, DW_TAG_immutable_type
	};

	return tag < 0x100 && memchr(tags, (int)tag, sizeof(tags));
}

static bool is_scope(unsigned int tag)
{
	return tag == DW_TAG_compile_unit || tag == DW_TAG_partial_unit ||
	       tag == DW_TAG_namespace || tag == DW_TAG_module;
}

static bool is_static(const struct dwarf_unit *u, const struct dwarf_die *die)
{
	return place_read(u, &die->location).kind == PLACE_STATIC;
}

/* It counts from the module's data, and can be cut in place. */
static bool is_based(const struct prune *p, const struct dwarf_unit *u,
		     const struct dwarf_die *die)
{
	struct place place = place_read(u, &die->location);
	struct wasm_slice s = die->location.bytes;

	return place.kind == PLACE_BASED && place.global == p->memory_base &&
	       s.p[-1] == s.n;
}

/* Of that place, only the address stays. */
static void cut_base(struct prune *p, const struct dwarf_die *die)
{
	size_t at = (size_t)(die->location.bytes.p - p->d->info.p);
	size_t length = at - 1, end = at + die->location.bytes.n;

	buffer_put(&p->based, &length, sizeof(length));
	add_cut(p, at, at + PLACE_BEFORE);
	add_cut(p, end - PLACE_BEHIND, end);
}

/* An inlined function's variable has its name elsewhere, in what is cut. */
static bool stays(const struct prune *p, const struct dwarf_unit *u,
		  const struct dwarf_die *die, enum context in)
{
	bool has_place = is_static(u, die) || is_based(p, u, die);

	if (in == IN_TYPE)
		return true;
	if (die->tag == DW_TAG_variable && die->location.is_set &&
	    die->location.bytes.n && !has_place)
		return false;
	if (in == IN_CODE && die->tag == DW_TAG_variable)
		return has_place && die->name.is_set;
	return is_type(die->tag) || die->tag == DW_TAG_variable ||
	       (in == IN_SCOPE && is_scope(die->tag));
}

/* dwarf_next() has read an attribute. */
static void note_attribute(void *arg, uint64_t at, const struct dwarf_value *v)
{
	struct prune *p = arg;

	if (blank_has(at))
		return;
	p->hash = merge_hash(p->hash, at << 16 | v->form);
	if (v->bytes.n)
		p->hash = merge_hash_bytes(p->hash, v->bytes.p, v->bytes.n);
	else if (!blank_is_ref(v->form))
		p->hash = merge_hash(p->hash, v->u);
}

static uint64_t hash_name(const struct dwarf_die *die)
{
	return die->name.bytes.n ?
		       merge_hash_bytes(die->tag, die->name.bytes.p,
					die->name.bytes.n) : 0;
}

static void begin_type(struct prune *p, const struct dwarf_die *die,
		       unsigned int depth)
{
	p->type = merge_add(&p->merge, (struct merge_type){
		.start = (uint32_t)die->offset,
		.is_declared = die->declaration.is_set,
		.name = hash_name(die),
		.content = MERGE_SEED,
	});
	p->type_depth = depth;
}

/* An entry of the type that the walk is in, which ends there. */
static void add_to_type(struct prune *p, const struct dwarf_die *die, size_t end)
{
	unsigned int i;

	p->hash = merge_hash(p->hash, die->offset - p->type->start);
	p->hash = merge_hash(p->hash, die->tag << 1 | die->has_children);
	p->type->content = merge_hash(p->type->content, p->hash);
	for (i = 0; i < die->nrefs; i++)
		merge_add_target(&p->merge, die->refs[i].target);
	p->type->end = (uint32_t)end;
}

struct level {
	enum context context; /* of the children */
	bool kept;
};

static size_t position(const struct dwarf_unit *u)
{
	return (size_t)(u->r.p - u->d->info.p);
}

static enum context context_of(const struct dwarf_die *die, bool kept,
			       enum context in)
{
	if (in == IN_TYPE || (kept && !is_scope(die->tag)))
		return IN_TYPE;
	return kept ? IN_SCOPE : IN_CODE;
}

static bool next_entry(struct prune *p, struct dwarf_unit *u,
		       struct dwarf_die *die)
{
	p->hash = MERGE_SEED;
	return dwarf_next(u, die);
}

/* Note what is cut of a unit; false if it is damaged. */
static bool walk(struct prune *p, struct dwarf_unit *u)
{
	struct level levels[MAX_DEPTH] = { { IN_SCOPE, true } };
	uint8_t root = (uint8_t)(position(u) - u->start);
	unsigned int depth = 0;
	struct dwarf_die die;

	while (next_entry(p, u, &die)) {
		struct level *level = &levels[depth];
		unsigned int before = depth;
		bool kept;

		if (!die.tag) {
			kept = depth && level->kept;
			depth -= !!depth;
		} else {
			kept = stays(p, u, &die, level->context);
			if (die.has_children && ++depth == MAX_DEPTH)
				return false;
			if (die.has_children)
				levels[depth] = (struct level){
					context_of(&die, kept, level->context),
					kept };
		}
		if (!kept)
			add_cut(p, die.offset, position(u));
		else
			add_refs(p, &die, root);
		if (kept && die.tag == DW_TAG_variable && is_based(p, u, &die))
			cut_base(p, &die);
		if (kept && level->context != IN_TYPE && is_type(die.tag))
			begin_type(p, &die, before);
		if (p->type)
			add_to_type(p, &die, position(u));
		if (p->type && depth == p->type_depth)
			p->type = NULL;
	}
	return !u->r.bad && !depth;
}

static void walk_all(struct prune *p)
{
	struct dwarf_unit u;
	size_t next = 0, start;

	while (start = next, dwarf_unit_begin(&u, p->d, &next)) {
		size_t cuts = p->cuts.n, refs = p->refs.n, based = p->based.n;
		size_t types = p->merge.n, targets = p->merge.ntargets;
		struct cut last = cuts ? p->cuts.p[cuts - 1] : (struct cut){ 0 };

		if (walk(p, &u)) {
			buffer_put(&p->units, &start, sizeof(start));
			continue;
		}
		/* Take back what was noted, and cut all of it. */
		p->cuts.n = cuts;
		if (cuts)
			p->cuts.p[cuts - 1] = last;
		p->refs.n = refs;
		p->based.n = based;
		p->type = NULL;
		merge_cut_back(&p->merge, types, targets);
		add_cut(p, start, next);
	}
	add_cut(p, start, p->d->info.n);
}

/* Cut the types that are the same as another one. */
static void cut_types(struct prune *p)
{
	const struct merge *m = &p->merge;
	struct cuts old = p->cuts;
	size_t i = 0, j;

	p->cuts = (struct cuts){ 0 };
	for (j = 0; j < m->n; j++) {
		const struct merge_type *t = &m->types[j];

		if (t->first == j)
			continue;
		for (; i < old.n && old.p[i].start < t->start; i++)
			add_cut(p, old.p[i].start, old.p[i].end);
		add_cut(p, t->start, t->end);
	}
	for (; i < old.n; i++)
		add_cut(p, old.p[i].start, old.p[i].end);
	free(old.p);
}

/* Where what was at this offset is in the copy, or NOWHERE. */
static size_t new_offset(const struct cuts *c, size_t old)
{
	size_t n = array_upto(c->p, c->n, sizeof(*c->p), old);
	const struct cut *last = n ? &c->p[n - 1] : NULL;

	if (!last)
		return old;
	if (old < last->end)
		return NOWHERE;
	return old - last->before - (last->end - last->start);
}

static void copy_info(const struct prune *p, struct buffer *ret)
{
	size_t at = 0, i;

	for (i = 0; i < p->cuts.n; i++) {
		buffer_put(ret, p->d->info.p + at, p->cuts.p[i].start - at);
		at = p->cuts.p[i].end;
	}
}

/* What refers to something that was cut refers to its unit then. */
static void fix_refs(const struct prune *p, struct buffer *info)
{
	size_t i;

	for (i = 0; i < p->refs.n; i++) {
		const struct ref *ref = &p->refs.p[i];
		size_t at = new_offset(&p->cuts, ref->at);
		size_t base = ref->base ? new_offset(&p->cuts, ref->base) : 0;
		size_t target = merge_offset(&p->merge, ref->target);

		if (at == NOWHERE)
			continue;
		target = new_offset(&p->cuts, target);
		if (target == NOWHERE || target >= info->n)
			target = base + ref->root;
		if (p->merges)
			base = 0;
		(ref->is_leb ? buffer_set_leb : buffer_set_fixed)(
			info->p + at, ref->size, target - base);
	}
}

static void fix_based(const struct prune *p, struct buffer *info)
{
	const size_t *lengths = (const void *)p->based.p;
	size_t n = p->based.n / sizeof(*lengths), i;

	for (i = 0; i < n; i++)
		info->p[new_offset(&p->cuts, lengths[i])] -=
			PLACE_BEFORE + PLACE_BEHIND;
}

/* The lengths of the units, and for each one byte of code that is nowhere: gdb
 * else takes the addresses of variables for those of code. */
static void fix_units(const struct prune *p, struct pruned *ret)
{
	const size_t *units = (const void *)p->units.p;
	size_t n = p->units.n / sizeof(*units), i;

	for (i = 0; i < n; i++) {
		size_t start = new_offset(&p->cuts, units[i]);
		size_t end = i + 1 < n ? new_offset(&p->cuts, units[i + 1]) :
					 ret->info.n;
		uint8_t set[32] = { 0 };

		buffer_set_fixed(ret->info.p + start, 4, end - start - 4);
		buffer_set_fixed(set, 4, sizeof(set) - 4);
		buffer_set_fixed(set + 4, 2, 2); /* version */
		buffer_set_fixed(set + 6, 4, start);
		set[10] = 4; /* size of an address */
		buffer_set_fixed(set + 16, 4, 0xfffe0000 + (i & 0xffff));
		buffer_set_fixed(set + 20, 4, 1);
		buffer_put(&ret->aranges, set, sizeof(set));
	}
}

static void prune_info(struct prune *p, struct pruned *ret)
{
	walk_all(p);
	if (p->merges) {
		merge_types(&p->merge);
		cut_types(p);
	} else {
		merge_cut_back(&p->merge, 0, 0);
	}
	ret->info.failed = p->failed || p->merge.failed || p->units.failed ||
			   p->based.failed;
	if (!ret->info.failed)
		copy_info(p, &ret->info);
	if (ret->info.failed)
		return;
	fix_refs(p, &ret->info);
	fix_based(p, &ret->info);
	fix_units(p, ret);
}

void prune_dwarf(struct dwarf *d, uint32_t memory_base, struct pruned *ret)
{
	struct prune p = { .d = d, .memory_base = memory_base };

	*ret = (struct pruned){ 0 };
	d->visit = note_attribute;
	d->visit_arg = &p;
	p.merges = blank_abbrevs(d->abbrev, &ret->abbrev);
	prune_info(&p, ret);
	d->visit = NULL;
	free(p.cuts.p);
	free(p.refs.p);
	merge_free(&p.merge);
	buffer_free(&p.units);
	buffer_free(&p.based);
}

void pruned_free(struct pruned *p)
{
	buffer_free(&p->info);
	buffer_free(&p->abbrev);
	buffer_free(&p->aranges);
}
