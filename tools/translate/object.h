/* SPDX-License-Identifier: Apache-2.0 */
/* object.h: a shared object that lld made, mapped to be changed. */
#ifndef TRANSLATE_OBJECT_H
#define TRANSLATE_OBJECT_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "failure.h"

struct object {
	char *p;
	size_t n;
	int fd;
	const Elf64_Shdr *sections;
	unsigned int nsections;
	const char *section_names;
	const Elf64_Shdr *symbols, *strings;
};

/* dir/so, whose sections are in it then, and have symbols; 0, or -1 and *failure.
 * object_unmap() in either case. */
int object_map(struct object *o, const char *dir, const char *so,
	       struct failure *failure);

/* Puts a section of that name, which there is, at the end once more, with these contents;
 * once, before object_unmap(): 0, or -1 and *failure. */
int object_append(struct object *o, const char *name, const struct buffer *contents,
		  struct failure *failure);

/* What is changed is in the file then: err, or -1 and *failure. */
int object_unmap(struct object *o, int err, struct failure *failure);

/* The first section of that name, or NULL. */
const Elf64_Shdr *object_section(const struct object *o, const char *name);

/* Where in the file something of n bytes at this address is, or NULL. */
void *object_at(const struct object *o, uint64_t address, uint64_t n);

#endif
