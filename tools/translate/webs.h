/* SPDX-License-Identifier: Apache-2.0 */
/*
 * webs.h: which assignments to a local of wasm are of one thing.
 *
 * LLVM lets several variables have one local, one after the other, and its DWARF does
 * not tell when the next one takes it. Two assignments are of one web (as in S. Muchnick,
 * Advanced Compiler Design and Implementation, 16.3.3) if there is a use that both reach;
 * a variable that was in a local is there for as long as what the local has is of the
 * same web.
 *
 * Code that is never reached has no C: what would happen there happens where the code
 * behind it begins.
 */
#ifndef TRANSLATE_WEBS_H
#define TRANSLATE_WEBS_H

#include "values.h"
#include "wasm.h"

/* From this address on, a local has what is of this web; NO_WEB: of one or the other. */
struct web_change {
	uint32_t local, address, web;
};

/* An assignment to a local: where it ends, and begins. */
struct web_set {
	uint32_t local, address, start;
	bool is_tee;
};

/* Code that is never reached. */
struct web_gap {
	uint32_t start, end;
};

/* Of one function. Addresses are in the code section. */
struct webs {
	struct web_change *changes; /* by local and address */
	struct web_set *sets;	    /* by local and address */
	struct web_gap *gaps;	    /* by address */
	uint32_t *controls; /* addresses of control instructions */
	size_t nchanges, nsets, ngaps, ncontrols;
};

/* *effort: how much may still be done, for all functions. False: damaged, too much, or
 * no memory, and it is empty. Else webs_free() it. */
bool webs_read(const struct wasm_module *m, uint32_t body, uint64_t *effort,
	       struct webs *ret);
void webs_free(struct webs *w);

/* The first address, from this one on, that is reached. */
uint32_t webs_reached(const struct webs *w, uint32_t address);

/* The web that a local is of at an address; *until: where it changes, or UINT32_MAX. */
uint32_t webs_at(const struct webs *w, uint32_t local, uint32_t address,
		 uint32_t *until);

/* Is a local assigned to behind an address, and in front of another one? */
bool webs_is_set(const struct webs *w, uint32_t local, uint32_t from, uint32_t to);

/* Does a local.tee of that local end at an address, and does no control instruction begin
 * there, at that other address, or in between? */
bool webs_is_tee(const struct webs *w, uint32_t local, uint32_t address,
		 uint32_t straight_to);

/* The address, or, if an assignment to a local ends there, where that begins. */
uint32_t webs_before(const struct webs *w, uint32_t local, uint32_t address);

#endif
