/* SPDX-License-Identifier: Apache-2.0 */
/*
 * marks.h: line numbers on their way through wasm2c.
 *
 * prepare.c writes `i64.const MARK; drop` in front of each instruction where a
 * new line begins. wasm2c makes of that an assignment of the number, which
 * finish.c takes away again, and writes #line instead. The upper half of a
 * mark is a number that no constant of the module has there, the lower half is
 * the index of a row of lines.h or, behind those, of an event of locals.h.
 *
 * These #line tell no lines of C, but numbers for metadata.h: that of a row, or one
 * for all heads of functions.
 */
#ifndef TRANSLATE_MARKS_H
#define TRANSLATE_MARKS_H

#include "buffer.h"
#include "lines.h"
#include "locals.h"

struct marks {
	const struct lines *lines;
	const struct scopes *scopes;
	const struct locals *locals; /* NULL: none */
	uint32_t high;	 /* upper half; 0: there are no marks */
	uint32_t *first; /* by number of body: its first row, or NO_ROW */
};

#define NO_ROW UINT32_MAX

/* Choose the upper half. What is wrong with the module's code, or no memory:
 * no marks. marks_free() in any case. */
void marks_init(struct marks *k, const struct wasm_module *m,
		const struct lines *lines, const struct scopes *scopes,
		const struct locals *locals);
void marks_free(struct marks *k);

/* A function's instructions, in order. */
struct marker {
	uint32_t body;
	size_t next;   /* row that was not looked at yet */
	uint32_t last; /* row of the last mark, or NO_ROW */
	size_t begin;  /* row of the first one, but for the function's head */
	uint32_t event, end_event;
};

/* Has a body's code a prologue, which puts parameters into memory? */
bool marks_has_prologue(const struct marks *k, uint32_t body);

/* Before the instructions of a body from there to the end. */
void marks_begin(const struct marks *k, struct marker *r, uint32_t body,
		 uint32_t address, uint32_t end);

/* May there be marks in front of the instruction at this address? */
bool marks_are_due(const struct marks *k, const struct marker *r,
		   uint32_t address);

/* Put them, as wasm. */
void marks_put(struct marks *k, struct marker *r, uint32_t address,
	       struct buffer *code);

/* Are two rows one line of one scope? */
bool marks_is_same_place(const struct marks *k, size_t row, size_t other);

/* Is this line of C a mark? Then one of *row and *event is set, else none. */
bool marks_of_line(const struct marks *k, const char *line,
		   const struct line_row **row,
		   const struct local_event **event);

/* A line of C: what follows it is of that row, or is a function's head. */
void marks_put_row(size_t row, struct buffer *out);
void marks_put_head(const struct marks *k, struct buffer *out);

/* What the number of a line in C means; NULL: something else. */
const struct line_row *marks_row(const struct marks *k, uint32_t line);

#endif
