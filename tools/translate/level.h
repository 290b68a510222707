/* SPDX-License-Identifier: Apache-2.0 */
/*
 * level.h: the ways to compile a module: what differs between them, in one
 * table. A new level is a new row of level.c.
 */
#ifndef TRANSLATE_LEVEL_H
#define TRANSLATE_LEVEL_H

#include <stdbool.h>

struct level {
	const char *name, *help;
	/* Ending in NULL: what clang is told beside compile.c's own options:
	 * how to optimise, what to define for rt/. */
	const char *const *options;
	/* The same, for modules that tell their lines. */
	const char *const *debug_options;
	bool has_locals; /* with the parameters and variables of C */
};

/* By name; the default for NULL. NULL when there is no such level. */
const struct level *level_find(const char *name);

/* All, the default first; ends with one whose name is NULL. */
extern const struct level levels[];

#endif
