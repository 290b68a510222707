/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.h: types that units of DWARF have in common, of which one is to stay.
 *
 * Each unit describes the types of all headers that it includes, so that a kernel
 * has most of them hundreds of times. Two are the same if they are written the
 * same and refer to the same; one that is only declared is the one of its name
 * that is defined, if there is only one.
 */
#ifndef TRANSLATE_MERGE_H
#define TRANSLATE_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MERGE_SEED 0x9e3779b97f4a7c15u

/* A type with all that it contains. The section of a wasm32 module has less than
 * 4 GiB. */
struct merge_type {
	uint32_t start, end;	/* in .debug_info */
	uint32_t refs, nrefs;	/* what it refers to, in targets */
	uint32_t name_id;	/* 0: has none */
	uint32_t first;		/* the type that stays, perhaps itself */
	bool is_declared;	/* and not defined */
	uint64_t name;		/* hash of kind and name, or 0 */
	uint64_t content;	/* of all, places in it too, but references */
	uint64_t key, next_key;	/* content, and what is referred to */
};

struct merge {
	struct merge_type *types; /* by start */
	size_t n, room;
	uint32_t *targets;
	size_t ntargets, targets_room;
	bool failed; /* memory ran out */
};

uint64_t merge_hash(uint64_t hash, uint64_t more);
uint64_t merge_hash_bytes(uint64_t hash, const void *p, size_t n);

/* The next type; start, is_declared and name are set. To be completed: end and
 * content. NULL when memory runs out. */
struct merge_type *merge_add(struct merge *m, struct merge_type type);
/* What the type that was added last refers to next, an offset in .debug_info. */
void merge_add_target(struct merge *m, size_t target);

/* Find out which are the same: `first` of all. */
void merge_types(struct merge *m);

/* Where what is at this offset is described, once only the first ones stay. */
size_t merge_offset(const struct merge *m, size_t offset);

/* Start over, from when there were so many types and targets. */
void merge_cut_back(struct merge *m, size_t n, size_t ntargets);
void merge_free(struct merge *m);

#endif
