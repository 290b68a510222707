/* SPDX-License-Identifier: Apache-2.0 */
/* condition.h: which of the writes to a watched object are of interest. */
#ifndef RUNNER_CONDITION_H
#define RUNNER_CONDITION_H

#include <stdbool.h>

#include "util.h"

#define CONDITION_TERMS 8

enum condition_what { COND_VALUE, COND_OLD, COND_CPU, COND_TASK, COND_NUMBER };
enum condition_op { COND_EQ, COND_NE, COND_LE, COND_GE, COND_LT, COND_GT,
		    COND_AND };

struct condition {
	unsigned int nterms; /* all have to hold; 0: always */
	struct condition_term {
		enum condition_what left, right;
		enum condition_op op;
		u64 number;	/* right is COND_NUMBER */
		char task[16];	/* left is COND_TASK */
	} terms[CONDITION_TERMS];
};

/* A write, to be judged. */
struct condition_input {
	u64 value, old;
	u32 cpu;
	const char *task;
};

/*
 * TERM[,TERM]...; TERM is value, old or cpu, an operator (== != < > <= >= or &:
 * have bits in common) and a number, value or old; or task==NAME, task!=NAME.
 * 0, or -1 and a sentence in error.
 */
int condition_parse(struct condition *c, const char *text, char *error,
		    size_t n);

bool condition_holds(const struct condition *c,
		     const struct condition_input *in);

#endif
