/* SPDX-License-Identifier: Apache-2.0 */
/* lines.h: which line of which source file the code of a module is from. */
#ifndef TRANSLATE_LINES_H
#define TRANSLATE_LINES_H

#include "dwarf.h"
#include "interned.h"

struct line_row {
	uint32_t address; /* offset in the code section */
	uint32_t line : 31; /* 0: of no line */
	uint32_t ends_prologue : 1; /* the function's own code begins there */
	uint32_t file;	  /* number in files */
};

#define NO_FILE UINT32_MAX

struct lines {
	struct line_row *rows; /* by address; several may have one address */
	size_t nrows;
	struct interned files; /* absolute paths, as far as the module tells */
	struct line_program *programs; /* of lines.c */
	size_t nprograms;
};

/*
 * The module's .debug_line. What is damaged is left out: this cannot fail,
 * there are just fewer rows, or none. lines_free() afterwards.
 */
void lines_read(const struct wasm_module *m, struct lines *ret);
void lines_free(struct lines *l);

/* The number in files of a file of the program at that offset of .debug_line, as
 * its unit's entries name it; NO_FILE if it has no sane name. */
uint32_t lines_file(struct lines *l, uint64_t program, uint64_t file);

/* The number in files of the file that a unit, whose entry this is, is made of, or NO_FILE. */
uint32_t lines_unit_file(struct lines *l, const struct dwarf_die *unit);

/* The first row whose address is not below this one: an index, or nrows. */
size_t lines_find(const struct lines *l, uint32_t address);

#endif
