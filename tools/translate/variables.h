/* SPDX-License-Identifier: Apache-2.0 */
/*
 * variables.h: variables of the guest in the C that we compile.
 *
 * For each variable of locals.h there is one in C, w2c_v and its number, a number or a
 * pointer, to which the local of wasm is assigned wherever it comes to be there, and
 * nothing where it goes. Nobody reads it: the compiler makes no code of that,
 * only places for debuggers. A parameter of C becomes such a variable as well.
 *
 * Jumps: what was not true at each jump to a label is said again behind it; what
 * is not true there, but was at a jump, is taken back. For a loop this is done in
 * front of the jumps back to it.
 *
 * Nothing is taken back that is said again at once, nor said again behind a label what
 * all ways to it have said: the compiler would lose sight of it there.
 */
#ifndef TRANSLATE_VARIABLES_H
#define TRANSLATE_VARIABLES_H

#include "buffer.h"
#include "marks.h"

#define VARIABLES_MAX 1024    /* per function; locals.c has fewer */
#define VARIABLES_LABELS 2048

struct variable_set {
	uint64_t bits[VARIABLES_MAX / 64];
};

/* What was active at all jumps to a label, and at any of them; both are what
 * was active at the head of a loop. */
struct variable_label {
	struct variable_set all, any;
	bool has_jumps;
};

/* Zeroed, then marks, their locals (NULL: no variables) and m are set. */
struct variables {
	const struct marks *marks;
	const struct locals *locals;
	const struct wasm_module *m;
	const struct local_part *part; /* NULL: in no function */
	uint32_t start; /* its address */
	uint32_t nparams;
	bool is_lost; /* this function cannot be followed any further */
	bool is_behind_jump; /* from here, the code goes on with a label */
	struct variable_set active; /* here, at places[] */
	/* What is to be taken back before the next line; of kept, all ways here have said
	 * what it is worth. */
	struct variable_set ended, kept;
	bool has_ended;
	uint32_t framed; /* the address where the frame's was kept, or ~0 */
	const struct local_event *places[VARIABLES_MAX];
	/* By the number of a block or a loop; those up to nlabels were used. */
	unsigned long nlabels;
	struct variable_label blocks[VARIABLES_LABELS], loops[VARIABLES_LABELS];
	const struct local_event *at_loop[VARIABLES_LABELS][VARIABLES_MAX];
};

/* A prototype of a function, with the types of its parameters in C. */
void variables_put_prototype(const struct variables *v, uint32_t body,
			     const char *line, struct buffer *out);

/* "u32 w2c_guest_f3(w2c_guest* instance, u32 var_p0) {": the function begins. */
void variables_begin(struct variables *v, uint32_t body, const char *line,
		     struct buffer *out);

/* A line of its body; the last one is "}". */
void variables_line(struct variables *v, const char *line, struct buffer *out);

/* Here something happens to a variable. */
void variables_event(struct variables *v, const struct local_event *event,
		     struct buffer *out);

#endif
