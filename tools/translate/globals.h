/* SPDX-License-Identifier: Apache-2.0 */
/*
 * globals.h: a module's source files: which one a function is of, and the variables of each
 * that are at one place all the time, those of its functions (static ones) as well.
 *
 * The companion has them all, but a debugger does not know that its units and those of the
 * code are the same, and would take any variable of that name.
 */
#ifndef TRANSLATE_GLOBALS_H
#define TRANSLATE_GLOBALS_H

#include "locals.h"

#define NO_UNIT UINT32_MAX
#define NO_FUNCTION 0u

/* At a place in memory, a number without one, or optimised away. */
enum global_kind { GLOBAL_AT, GLOBAL_IS, GLOBAL_NOWHERE };

struct global_var {
	uint32_t name, is; /* in names and types of locals.h */
	struct scope_line declared;
	enum global_kind kind;
	uint64_t value; /* the number, or the place, from where the module's data is */
	uint32_t function; /* the entry of the C of the one that it is in, or
			    * NO_FUNCTION */
};

struct global_unit {
	uint32_t start;	     /* in .debug_info */
	uint32_t file;	     /* of lines.h, or NO_FILE */
	uint32_t first, nvars; /* in vars, those of functions last, by function */
};

/* What code is made of. */
struct global_function {
	uint32_t unit;	   /* index in units, or NO_UNIT */
	uint32_t entry; /* of its C */
};

struct globals {
	struct global_var *vars;
	struct global_unit *units;
	struct global_function *functions; /* by number of body; NULL: nothing is known */
	size_t nvars, nunits;
};

/*
 * From debug, which is m or has the same code, and of which lines are; l becomes to know
 * more files, locals more names and types. Cannot fail: what is damaged is left out.
 * globals_free() afterwards.
 */
void globals_read(const struct wasm_module *debug, const struct wasm_module *m,
		  struct lines *l, struct locals *locals, struct globals *ret);
void globals_free(struct globals *g);

/* The unit that an entry is in, or NO_UNIT. */
uint32_t globals_unit_of(const struct globals *g, uint32_t entry);

/* The first variable of that function of a unit, or of its file; *n: how many there are. */
const struct global_var *globals_of(const struct globals *g, uint32_t unit,
				    uint32_t function, size_t *n);

#endif
