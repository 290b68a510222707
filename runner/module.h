/* SPDX-License-Identifier: Apache-2.0 */
/* module.h: a translated module, loaded. */
#ifndef RUNNER_MODULE_H
#define RUNNER_MODULE_H

#include "guest_module.h"
#include "sanitize.h"
#include "util.h"

struct module {
	const struct guest_module *desc;
	void *handle;
	u64 *data_base; /* GUEST_DATA_BASE_SYMBOL */
	char name[64]; /* for messages and backtraces */
	/* Of the .so, and of its companion for debuggers, "" without one. */
	char *path, *types_path;
	/* The .so as a file, for its symbols; NULL if it could not be mapped. */
	const unsigned char *file;
	size_t file_size;
	struct module *next; /* all loaded ones */
};

/*
 * Load the shared object at path. Modules stay for good: threads may be in
 * them at any time. 0, or -1 and a sentence in error.
 */
int module_open(struct module *m, const char *path, const char *name,
		char *error, size_t n);

/* The exported function of exactly this type (guest_module.h), or NULL. */
void *module_function(const struct module *m, const char *name,
		      const char *type);

/* Does it export an i32 global of that name? */
bool module_has_global(const struct module *m, const char *name);
/* The exported i32 global in this instance, or NULL. */
volatile u32 *module_global(const struct module *m, void *instance,
			    const char *name);

/* Was it translated at level `check`? */
bool module_has_checks(const struct module *m);

/* Any export of that name, or NULL. */
const struct guest_export *module_export(const struct module *m,
					 const char *name);

static inline NOT_SANITIZED bool module_has_text(const struct module *m, const void *pc)
{
	return (const char *)pc >= m->desc->text_start &&
	       (const char *)pc < m->desc->text_end;
}

/* The function that pc is in, or NULL: of a module whose text pc is in. */
const struct guest_function *module_function_at(const struct module *m,
						const void *pc);

/* The module whose text pc is in, or NULL. */
const struct module *module_of_text(const void *pc);

/* The module that has text where an address ends in these 32 bits, or NULL. */
const struct module *module_of_low_text(u32 low);

/* NAME.types beside NAME.so, the companion, or "". Free it; NULL: no memory. */
char *module_find_types(const char *so_path);

/* Name of the function at pc and the offset in it, or NULL. */
const char *module_symbol(const struct module *m, const void *pc,
			  size_t *offset);

#endif
