/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prepare.h: makes of a module one that wasm2c takes without surprises.
 *
 * What wasm2c sees has no names, no exports and no data: functions, globals
 * and imports get names by number, so that nothing in the input can meet a
 * name of C, and the C that comes out can be matched to the module by number.
 * Waiting and notifying, which wasm2c does not know, become calls of functions
 * added at the end (enum prepare_helper), whose bodies finish.c writes. Lines
 * and variables of the source are marked (marks.h).
 */
#ifndef TRANSLATE_PREPARE_H
#define TRANSLATE_PREPARE_H

#include "marks.h"

enum prepare_helper { PREPARE_NOTIFY, PREPARE_WAIT32, PREPARE_WAIT64,
		      PREPARE_NHELPERS };

struct prepared {
	struct buffer wasm; /* for wasm2c */
	struct buffer data; /* contents of all data segments, in order */
	/* Function index of each helper, 0 if it is not used: the arguments of
	 * the instruction, then the offset to add to the address. */
	uint32_t helper[PREPARE_NHELPERS];
	uint32_t data_low;  /* as in struct guest_module */
	size_t code_size;
};

/* 0, or -1 and *failure. prepared_free() in both cases. */
int prepare_module(const struct wasm_module *m, struct marks *marks,
		   struct prepared *ret, struct failure *failure);
void prepared_free(struct prepared *p);

#endif
