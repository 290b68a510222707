/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blocks.h: the blocks of a function, among them functions that the compiler
 * put into it, and where the code of those is.
 */
#ifndef TRANSLATE_BLOCKS_H
#define TRANSLATE_BLOCKS_H

#include "dwarf.h"

#define BLOCKS_MAX 400
#define BLOCKS_RANGES 4000

struct block {
	unsigned int outer;
	bool is_inlined; /* it is in a function that was put into this one */
	unsigned int first_range, nranges; /* its code, but for the function's */
};

struct blocks {
	struct block list[BLOCKS_MAX]; /* the first one is the function */
	unsigned int n;
	struct block_range {
		uint32_t from, to; /* addresses in the code section */
	} ranges[BLOCKS_RANGES];
	unsigned int nranges;
	bool is_incomplete; /* ranges are missing */
};

/* A function that has nothing in it yet. */
void blocks_begin(struct blocks *b);

/* A block of u in another one: its number, or 0: there is no room. */
unsigned int blocks_add(struct blocks *b, unsigned int outer,
			const struct dwarf_unit *u,
			const struct dwarf_die *die);

/* Is the block this one, or in it? */
bool blocks_contain(const struct blocks *b, unsigned int outer,
		    unsigned int block);

/* Is the address in the code of a block, not the function's? So it is, or is not, up to
 * *until, if *until is not lower already. */
bool blocks_cover(const struct blocks *b, unsigned int block, uint32_t address,
		  uint32_t *until);

#endif
