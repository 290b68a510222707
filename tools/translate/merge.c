// SPDX-License-Identifier: Apache-2.0
/*
 * merge.c: finds types that are the same, see merge.h.
 *
 * Types refer to each other in circles, so they are told apart step by step: all
 * that are written the same are taken for the same, until they refer to what is
 * not. What has a name is referred to by that, as long as all of this name are the
 * same; so it does not matter which of them are only declared in a unit.
 */
#include <stdlib.h>

#include "array.h"
#include "merge.h"

#define NO_TYPE UINT32_MAX
/* Pointers to arrays of pointers to ... are not deeper; if they are, what differs
 * only there is taken for the same. */
#define MAX_ROUNDS 64

enum state { UNDEFINED, ONE, MANY };

/* Of a kind and name: what is known of its definitions. */
struct name {
	uint64_t key;	/* of the first one */
	uint32_t first;
	enum state state;
};

/* Indices of types by a hash, in a power of two of slots. */
struct table {
	uint32_t *slots;
	size_t mask;
};

uint64_t merge_hash(uint64_t hash, uint64_t more)
{
	hash = (hash ^ more) * 0xff51afd7ed558ccdu;
	return hash ^ hash >> 32;
}

uint64_t merge_hash_bytes(uint64_t hash, const void *p, size_t n)
{
	const uint8_t *bytes = p;
	size_t i;

	for (i = 0; i < n; i++)
		hash = merge_hash(hash, bytes[i]);
	return merge_hash(hash, n);
}

struct merge_type *merge_add(struct merge *m, struct merge_type type)
{
	struct merge_type *more = array_grow(m->types, m->n, &m->room,
					     sizeof(*more));

	if (!more) {
		m->failed = true;
		return NULL;
	}
	m->types = more;
	type.refs = (uint32_t)m->ntargets;
	type.first = (uint32_t)m->n;
	more[m->n] = type;
	return &more[m->n++];
}

void merge_add_target(struct merge *m, size_t target)
{
	uint32_t *more = array_grow(m->targets, m->ntargets, &m->targets_room,
				    sizeof(*more));

	if (!more) {
		m->failed = true;
		return;
	}
	m->targets = more;
	more[m->ntargets++] = (uint32_t)target;
	m->types[m->n - 1].nrefs++;
}

/* The type that the offset is in, or NO_TYPE. */
static uint32_t type_at(const struct merge *m, size_t offset)
{
	size_t n = array_upto(m->types, m->n, sizeof(*m->types), offset);

	return n && offset < m->types[n - 1].end ? (uint32_t)n - 1 : NO_TYPE;
}

static bool table_init(struct table *t, size_t n)
{
	size_t slots = 16;

	while (slots < 2 * n)
		slots *= 2;
	t->slots = malloc(slots * sizeof(*t->slots));
	t->mask = slots - 1;
	return t->slots;
}

static void table_clear(struct table *t)
{
	size_t i;

	for (i = 0; i <= t->mask; i++)
		t->slots[i] = NO_TYPE;
}

static uint64_t key_of(const struct merge_type *t)
{
	return t->key;
}

static uint64_t name_of(const struct merge_type *t)
{
	return t->name;
}

/* The first type whose hash is that of this one; this one, if it is new. */
static uint32_t table_first(struct table *t, const struct merge *m, uint32_t i,
			    uint64_t (*hash_of)(const struct merge_type *))
{
	uint64_t hash = hash_of(&m->types[i]);
	size_t slot = (size_t)hash & t->mask;

	while (t->slots[slot] != NO_TYPE) {
		if (hash_of(&m->types[t->slots[slot]]) == hash)
			return t->slots[slot];
		slot = (slot + 1) & t->mask;
	}
	t->slots[slot] = i;
	return i;
}

/* A number for each name, from 1 on; how many there are, and 1. */
static uint32_t number_names(struct merge *m, struct table *t)
{
	uint32_t n = 1, i, first;

	table_clear(t);
	for (i = 0; i < m->n; i++) {
		if (!m->types[i].name)
			continue;
		first = table_first(t, m, i, name_of);
		m->types[i].name_id = first == i ? n++ :
						   m->types[first].name_id;
	}
	return n;
}

/* Look which names have several definitions; how many. */
static size_t judge_names(const struct merge *m, struct name *names,
			  uint32_t nnames)
{
	size_t many = 0;
	uint32_t i;

	for (i = 0; i < nnames; i++)
		if (names[i].state == ONE)
			names[i].state = UNDEFINED;
	for (i = 0; i < m->n; i++) {
		const struct merge_type *t = &m->types[i];
		struct name *name = &names[t->name_id];

		if (!t->name_id || t->is_declared)
			continue;
		if (name->state == UNDEFINED)
			*name = (struct name){ t->key, i, ONE };
		else if (name->key != t->key)
			name->state = MANY;
	}
	for (i = 0; i < nnames; i++)
		many += names[i].state == MANY;
	return many;
}

static uint64_t hash_ref(const struct merge *m, const struct name *names,
			 uint64_t hash, size_t target, uint32_t type)
{
	const struct merge_type *t;

	if (type == NO_TYPE)
		return merge_hash(hash, 1);
	t = &m->types[type];
	hash = merge_hash(hash, target - t->start);
	if (t->name_id && names[t->name_id].state != MANY)
		return merge_hash(hash, t->name);
	return merge_hash(hash, t->key);
}

static void hash_types(struct merge *m, const struct name *names,
		       const uint32_t *type_of_target)
{
	size_t i, j;

	for (i = 0; i < m->n; i++) {
		struct merge_type *t = &m->types[i];
		uint64_t hash = t->content;

		for (j = t->refs; j < (size_t)t->refs + t->nrefs; j++)
			hash = hash_ref(m, names, hash, m->targets[j],
					type_of_target[j]);
		t->next_key = hash;
	}
	for (i = 0; i < m->n; i++)
		m->types[i].key = m->types[i].next_key;
}

/* Set `first` by key; how many there are. */
static size_t group_types(struct merge *m, struct table *t)
{
	size_t groups = 0;
	uint32_t i;

	table_clear(t);
	for (i = 0; i < m->n; i++) {
		m->types[i].first = table_first(t, m, i, key_of);
		groups += m->types[i].first == i;
	}
	return groups;
}

static void find_definitions(struct merge *m, const struct name *names)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		struct merge_type *t = &m->types[i];

		if (t->is_declared && t->name_id &&
		    names[t->name_id].state == ONE)
			t->first = names[t->name_id].first;
	}
}

static void tell_apart(struct merge *m, struct table *t, struct name *names,
		       uint32_t nnames, uint32_t *type_of_target)
{
	size_t groups = 0, many = 0, before, i;
	unsigned int round = 0;

	for (i = 0; i < m->ntargets; i++)
		type_of_target[i] = type_at(m, m->targets[i]);
	for (i = 0; i < m->n; i++)
		m->types[i].key = m->types[i].content;
	do {
		before = groups + many;
		many = judge_names(m, names, nnames);
		hash_types(m, names, type_of_target);
		groups = group_types(m, t);
	} while (groups + many != before && ++round < MAX_ROUNDS);
	judge_names(m, names, nnames);
	find_definitions(m, names);
}

void merge_types(struct merge *m)
{
	struct name *names = NULL;
	uint32_t *type_of_target, nnames;
	struct table table;

	if (!table_init(&table, m->n)) {
		m->failed = true;
		return;
	}
	nnames = number_names(m, &table);
	names = calloc(nnames, sizeof(*names));
	type_of_target = malloc((m->ntargets + 1) * sizeof(*type_of_target));
	if (names && type_of_target)
		tell_apart(m, &table, names, nnames, type_of_target);
	else
		m->failed = true;
	free(type_of_target);
	free(names);
	free(table.slots);
}

size_t merge_offset(const struct merge *m, size_t offset)
{
	uint32_t i = type_at(m, offset);
	const struct merge_type *t, *first;

	if (i == NO_TYPE || m->types[i].first == i)
		return offset;
	t = &m->types[i];
	first = &m->types[t->first];
	return offset - t->start < first->end - first->start ?
		       first->start + (offset - t->start) : first->start;
}

void merge_cut_back(struct merge *m, size_t n, size_t ntargets)
{
	m->n = n;
	m->ntargets = ntargets;
}

void merge_free(struct merge *m)
{
	free(m->types);
	free(m->targets);
}
