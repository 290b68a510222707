/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scopes.h: what code is in: a function, blocks of it, and functions that the
 * compiler put into it, which have blocks as well.
 */
#ifndef TRANSLATE_SCOPES_H
#define TRANSLATE_SCOPES_H

#include "lines.h"

#define NO_SCOPE UINT32_MAX

struct scope_line {
	uint32_t file; /* number in the files of lines.h, or NO_FILE */
	uint32_t line;
};

/* A block, or an inlined function. */
struct scope {
	uint32_t entry; /* its offset in .debug_info */
	uint32_t outer; /* number of the scope that it is in, a lower one, or
			 * NO_SCOPE: the function */
	uint32_t origin; /* the entry of the C that it is made of, or its own */
	uint32_t kin;	/* the first scope made of the same C as this one */
	uint32_t start, end; /* what its code is in; without code, end is 0 */
	bool is_inlined; /* it is a function; else a block */
	uint32_t name;	/* of the function: number in names */
	struct scope_line declared, called;
};

/* A parameter of a function that is put into others. */
struct scope_param {
	uint32_t entry;
	uint32_t number; /* counts from 1 */
};

struct scopes {
	struct scope_line *functions; /* where they are declared, by number of body */
	struct scope *list; /* by entry */
	size_t n;
	uint32_t *of_row; /* by row of lines.h: the innermost one, or NO_SCOPE */
	struct interned names;
	struct scope_param *params; /* by entry */
	size_t nparams;
};

/*
 * From debug, which is m or has the same code, and of which lines are; l becomes to
 * know more files. Cannot fail: what is damaged is left out. scopes_free()
 * afterwards.
 */
void scopes_read(const struct wasm_module *debug, const struct wasm_module *m,
		 struct lines *l, struct scopes *ret);
void scopes_free(struct scopes *s);

/* The scope of that entry, or NO_SCOPE. */
uint32_t scopes_find(const struct scopes *s, size_t entry);

/* Which parameter of its function an entry is, or 0. */
uint32_t scopes_param(const struct scopes *s, size_t entry);

#endif
