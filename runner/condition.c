// SPDX-License-Identifier: Apache-2.0
/* condition.c: which writes are of interest, see condition.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "condition.h"

/* Longer ones first. */
static const struct {
	const char *text;
	enum condition_op op;
} operators[] = {
	{ "==", COND_EQ }, { "!=", COND_NE }, { "<=", COND_LE },
	{ ">=", COND_GE }, { "<", COND_LT }, { ">", COND_GT }, { "&", COND_AND },
};

static const char *const names[] = {
	[COND_VALUE] = "value", [COND_OLD] = "old", [COND_CPU] = "cpu",
	[COND_TASK] = "task",
};

static bool parse_name(const char *text, size_t n, enum condition_what *ret)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strlen(names[i]) == n && !memcmp(names[i], text, n)) {
			*ret = (enum condition_what)i;
			return true;
		}
	}
	return false;
}

static bool parse_task(struct condition_term *t, const char *text, size_t n)
{
	if (!n || n >= sizeof(t->task) || t->op > COND_NE)
		return false;
	memcpy(t->task, text, n);
	t->task[n] = 0;
	t->right = COND_TASK;
	return true;
}

static bool parse_right(struct condition_term *t, const char *text, size_t n)
{
	char number[32], *end;

	if (t->left == COND_TASK)
		return parse_task(t, text, n);
	if (parse_name(text, n, &t->right))
		return t->right != COND_TASK;
	if (!n || n >= sizeof(number) || !isdigit((unsigned char)*text))
		return false;
	memcpy(number, text, n);
	number[n] = 0;
	t->number = strtoull(number, &end, 0);
	t->right = COND_NUMBER;
	return !*end;
}

static bool parse_term(struct condition_term *t, const char *text, size_t n)
{
	size_t name = 0, op;
	unsigned int i;

	while (name < n && isalpha((unsigned char)text[name]))
		name++;
	if (!parse_name(text, name, &t->left))
		return false;
	for (i = 0; i < ARRAY_SIZE(operators); i++) {
		op = strlen(operators[i].text);
		if (op > n - name ||
		    memcmp(text + name, operators[i].text, op))
			continue;
		t->op = operators[i].op;
		return parse_right(t, text + name + op, n - name - op);
	}
	return false;
}

int condition_parse(struct condition *c, const char *text, char *error,
		    size_t n)
{
	c->nterms = 0;
	while (true) {
		size_t length = strcspn(text, ",");

		if (c->nterms == CONDITION_TERMS) {
			snprintf(error, n, "more than %d conditions",
				 CONDITION_TERMS);
			return -1;
		}
		if (!parse_term(&c->terms[c->nterms++], text, length)) {
			snprintf(error, n, "`%.*s' is no condition such as "
				 "value==1, old&0x80, value!=old, cpu==0 or "
				 "task==sh", (int)length, text);
			return -1;
		}
		if (!text[length])
			return 0;
		text += length + 1;
	}
}

static u64 side(enum condition_what what, const struct condition_term *t,
		const struct condition_input *in)
{
	switch (what) {
	case COND_VALUE: return in->value;
	case COND_OLD: return in->old;
	case COND_CPU: return in->cpu;
	default: return t->number;
	}
}

static bool term_holds(const struct condition_term *t,
		       const struct condition_input *in)
{
	u64 a, b;

	if (t->left == COND_TASK)
		return !strcmp(t->task, in->task) == (t->op == COND_EQ);
	a = side(t->left, t, in);
	b = side(t->right, t, in);
	switch (t->op) {
	case COND_EQ: return a == b;
	case COND_NE: return a != b;
	case COND_LE: return a <= b;
	case COND_GE: return a >= b;
	case COND_LT: return a < b;
	case COND_GT: return a > b;
	case COND_AND: return a & b;
	}
	return false;
}

bool condition_holds(const struct condition *c,
		     const struct condition_input *in)
{
	unsigned int i;

	for (i = 0; i < c->nterms; i++)
		if (!term_holds(&c->terms[i], in))
			return false;
	return true;
}
