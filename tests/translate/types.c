// SPDX-License-Identifier: Apache-2.0
/* types.c: types and data whose DWARF the tests of companions look at. */
#include "types.h"

/* Defined in more_types.c. */
struct inside;

struct private {
	short own;
};

struct holder {
	struct private *held;
};

struct node first = { 0, 41, 5, 17, BLUE, "first" };
struct node second = { &first, -1, 1, 2, GREEN, "second" };
static int counter = 12;
int *volatile nothing;
struct inside *volatile far;
static struct private mine = { 1 };
struct holder there = { &mine };
int dropped = 6; /* by the linker: nobody uses it */

struct step { int by; };
struct range { short low; unsigned int high : 7, is_open : 1; };

/* Its local variables have no place in memory, its static one has. */
__attribute__((noinline)) static int count(struct node *n, struct step step)
{
	struct range range = { (short)(n->value * 3), step.by, n->value > 2 };
	static volatile struct inner { short a, b; } hidden = { 3, 4 };
	int local = hidden.a++ + (int)n->value;

	counter += range.low + range.high;
	return local + counter - range.low + range.high - step.by;
}

__attribute__((export_name("run"))) int run(void)
{
	int sum = 0, n;

	for (n = 4; n > 0; n--)
		sum += count(n & 1 ? &first : &second, (struct step){ n });
	return nothing ? *nothing : sum;
}
