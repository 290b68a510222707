/* SPDX-License-Identifier: Apache-2.0 */
/*
 * types.h: types of the guest's variables, as DWARF tells them.
 *
 * A structure that has a tag is no more than that tag here, or of a program its members as
 * well: debuggers look for what has a tag alone in all that they have loaded, the kernel
 * first. The members of a kernel's are read where something is made of the structure as a
 * whole: of an array's elements, and of what is in locals of wasm.
 */
#ifndef TRANSLATE_TYPES_H
#define TRANSLATE_TYPES_H

#include "localtype.h"

/* Instead of the index of a type: nothing, or what cannot be told. */
#define TYPE_VOID UINT32_MAX
#define TYPE_NONE (UINT32_MAX - 1)
#define NO_NAME UINT32_MAX

enum type_kind {
	TYPE_NUMBER,
	TYPE_ENUM,	/* of n enumerators */
	TYPE_POINTER,	/* of 4 bytes */
	TYPE_ARRAY,	/* of n elements; 0: nobody knows how many */
	TYPE_FUNCTION,	/* of what it returns */
	TYPE_TYPEDEF, TYPE_CONST, TYPE_VOLATILE,
	TYPE_TAG,	/* a structure or union by its tag */
	TYPE_STRUCTURE, /* one with n members; its name is its tag */
};

struct type {
	uint8_t kind; /* enum type_kind */
	uint8_t depth; /* of types in it */
	bool is_union;
	bool is_partial; /* a structure of which not all members are known */
	struct local_type number; /* also an enum's */
	uint32_t name; /* index in names, or NO_NAME */
	uint32_t of;   /* a type, or TYPE_VOID */
	uint32_t whole; /* of a tag: the structure, if all of it can be told, or TYPE_NONE */
	uint32_t size; /* bytes; 0: nobody knows */
	uint32_t first, n; /* members or enumerators */
	uint64_t used; /* the bytes that the members of one of up to 64 have, a bit each */
};

struct type_member {
	uint32_t name;	 /* index in names; NO_NAME: its members are its structure's */
	uint32_t offset; /* bits */
	uint32_t bits;	 /* of a bit field, else 0 */
	uint32_t type;
};

struct type_enumerator {
	uint32_t name;
	uint64_t value;
};

/* A tag whose structure is to be read. */
struct type_tag {
	uint32_t type;
	uint64_t entry;
};

/* Zeroed before the first one. */
struct types {
	bool has_wholes; /* of tags; set before the first one */
	struct type *list; /* what a type is made of comes before it */
	struct type_member *members;
	struct type_enumerator *enumerators;
	struct interned known; /* entries that were read */
	uint32_t *read; /* by those: the type */
	size_t n, room, nmembers, room_members, nenumerators, room_enumerators;
	size_t nread, room_read;
	struct type_tag *tags; /* of the type that is being read */
	size_t ntags, room_tags;
	bool failed; /* no memory */
};

/* The type that an attribute leads to: an index in the list, TYPE_VOID, or TYPE_NONE: it
 * is damaged, or nothing that is told here. Names are added to names. With its members,
 * if it is a whole one. */
uint32_t types_read(struct types *t, const struct dwarf_unit *u,
		    struct interned *names, const struct dwarf_value *type,
		    bool is_whole);

/* What it is without names and qualifiers, which may be TYPE_VOID and TYPE_NONE. */
uint32_t types_strip(const struct types *t, uint32_t type);

/* The bytes of one of up to 64 that are not padding, a bit each. */
uint64_t types_used(const struct types *t, uint32_t type);

/* The C that debuggers show for it, such as "struct file *"; "void *" for what is too
 * long for that. */
#define TYPES_NAME_MAX 200
void types_spell(const struct types *t, const struct interned *names, uint32_t type,
		 char ret[TYPES_NAME_MAX]);

void types_free(struct types *t);

#endif
