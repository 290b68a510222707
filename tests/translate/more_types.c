// SPDX-License-Identifier: Apache-2.0
/* more_types.c: a unit that shares types with types.c, and does not share others of
 * the same names. */
#include "types.h"

struct ring;

/* Only here, and declared in types.c. */
struct inside {
	struct node *entry;
	unsigned int weight;
};

struct node third = { 0, 41, 5, 17, BLUE, "third" };
struct inside inside = { &third, 99 };

/* Not the one of types.c, and so what points to it. */
struct private {
	struct ring *of;
	unsigned int other;
};

struct holder {
	struct private *held;
};

static struct private mine = { 0, 2 };
struct holder here = { &mine };
