/* SPDX-License-Identifier: Apache-2.0 */
/*
 * variables.h: the guest kernel's variables and structures by name, from the
 * companion of its translation (tools/translate/companion.h).
 *
 * Reading it takes tenths of a second. Any thread, one at a time; not in a
 * handler of a signal that came while the runner itself allocated memory.
 */
#ifndef RUNNER_VARIABLES_H
#define RUNNER_VARIABLES_H

#include <stdbool.h>

#include "util.h"

struct variable {
	u64 gaddr;
	u64 size;	/* in bytes; 0 if unknown */
};

/* The companion's path; before the others. It may be "". */
void variables_init(const char *types_path);

/*
 * Find NAME[.MEMBER | [INDEX]]..., a global or a static variable. 0, or -1 and
 * a sentence in error.
 */
int variables_find(const char *expression, struct variable *ret, char *error,
		   size_t n);

/* A member of a structure: its place in it; NULL: all of the structure. False
 * if there is none. Members of one structure are best asked for in a row. */
bool variables_member(const char *structure, const char *member,
		      struct variable *ret);

/* A constant of an enumeration. False if there is none. */
bool variables_constant(const char *enumeration, const char *name, u64 *ret);

/* The variable at that address, as "name+0x12"; false if there is none. */
bool variables_print(char *buf, size_t n, gaddr_t gaddr);

#endif
