// SPDX-License-Identifier: Apache-2.0
/* variables.c: the kernel's variables by name, see variables.h. */
#include <ctype.h>
#include <elfutils/libdw.h>
/* libdw's, not the translator's. */
#include <elfutils/../dwarf.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "variables.h"

#define MAX_NAME 128
/* Types that name each other in a circle are damaged. */
#define MAX_PEEL 32

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *path = "";
static Dwarf *dwarf; /* with lock */

void variables_init(const char *types_path)
{
	path = types_path;
}

static Dwarf *opened(void)
{
	if (!dwarf && *path) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd >= 0)
			dwarf = dwarf_begin(fd, DWARF_C_READ);
	}
	return dwarf;
}

static bool has_name(Dwarf_Die *die, const char *name)
{
	const char *own = dwarf_diename(die);

	return own && !strcmp(own, name);
}

/* The constant address of a variable that is defined here. */
static bool address_of(Dwarf_Die *die, u64 *ret)
{
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t nops;

	if (!dwarf_attr(die, DW_AT_location, &attr) ||
	    dwarf_getlocation(&attr, &ops, &nops) || nops != 1 ||
	    ops[0].atom != DW_OP_addr)
		return false;
	*ret = ops[0].number;
	return *ret != 0;
}

/* Without qualifiers and typedefs. False: it has no type (void), or none that
 * ends. */
static bool type_of(Dwarf_Die *die, Dwarf_Die *ret)
{
	Dwarf_Attribute attr;
	Dwarf_Die at = *die;
	int depth;

	for (depth = 0; depth < MAX_PEEL; depth++) {
		if (!dwarf_attr_integrate(&at, DW_AT_type, &attr) ||
		    !dwarf_formref_die(&attr, ret))
			return false;
		switch (dwarf_tag(ret)) {
		case DW_TAG_typedef:
		case DW_TAG_const_type:
		case DW_TAG_volatile_type:
		case DW_TAG_atomic_type:
		case DW_TAG_restrict_type:
			at = *ret;
			break;
		default:
			return true;
		}
	}
	return false;
}

static u64 size_of(Dwarf_Die *type)
{
	Dwarf_Word size;

	return dwarf_aggregate_size(type, &size) ? 0 : size;
}

/* The first entry of the unit's own that fits. */
static bool child_of(Dwarf_Die *unit, bool (*fits)(Dwarf_Die *, const void *),
		     const void *arg, Dwarf_Die *ret)
{
	if (dwarf_child(unit, ret))
		return false;
	do {
		if (fits(ret, arg))
			return true;
	} while (!dwarf_siblingof(ret, ret));
	return false;
}

static bool is_variable(Dwarf_Die *die, const void *name)
{
	u64 address;

	return dwarf_tag(die) == DW_TAG_variable && has_name(die, name) &&
	       address_of(die, &address);
}

static bool is_structure(Dwarf_Die *die, const void *name)
{
	return dwarf_tag(die) == DW_TAG_structure_type && has_name(die, name) &&
	       !dwarf_hasattr(die, DW_AT_declaration);
}

static bool is_enumeration(Dwarf_Die *die, const void *name)
{
	return dwarf_tag(die) == DW_TAG_enumeration_type &&
	       has_name(die, name) && !dwarf_hasattr(die, DW_AT_declaration);
}

/* Entries of that kind in all units: their number, and the first. */
static unsigned int find_all(bool (*fits)(Dwarf_Die *, const void *),
			     const char *name, Dwarf_Die *ret)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit, found;
	unsigned int count = 0;

	while (!dwarf_get_units(dwarf, cu, &cu, NULL, NULL, &unit, NULL)) {
		if (!child_of(&unit, fits, name, &found))
			continue;
		if (dwarf_hasattr(&found, DW_AT_external)) {
			*ret = found;
			return 1;
		}
		if (!count++)
			*ret = found;
	}
	return count;
}

/* ---- parts of a variable ---------------------------------------------- */

/* The member of that name, or of a structure without name in this one. */
static bool find_member(Dwarf_Die *type, const char *name, unsigned int depth,
			u64 *offset, Dwarf_Die *ret)
{
	Dwarf_Attribute attr;
	Dwarf_Die member, inner;
	Dwarf_Word at;

	if (depth > MAX_PEEL || dwarf_child(type, &member))
		return false;
	do {
		if (dwarf_tag(&member) != DW_TAG_member ||
		    !type_of(&member, &inner))
			continue;
		at = 0;
		if (dwarf_attr(&member, DW_AT_data_member_location, &attr))
			dwarf_formudata(&attr, &at);
		if (has_name(&member, name)) {
			*offset += at;
			*ret = inner;
			return true;
		}
		if (!dwarf_diename(&member) &&
		    find_member(&inner, name, depth + 1, offset, ret)) {
			*offset += at;
			return true;
		}
	} while (!dwarf_siblingof(&member, &member));
	return false;
}

static size_t name_length(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || s[n] == '_')
		n++;
	return n;
}

/* *text, at ".name" or "[index]", moves on; so do address and type. */
static bool go_into(const char **text, u64 *address, Dwarf_Die *type)
{
	Dwarf_Die element;
	char name[MAX_NAME];
	char *end;
	size_t n;
	u64 index;

	if (**text == '.') {
		n = name_length(*text + 1);
		if (!n || n >= sizeof(name))
			return false;
		memcpy(name, *text + 1, n);
		name[n] = 0;
		*text += 1 + n;
		return find_member(type, name, 0, address, type);
	}
	if (!isdigit((unsigned char)(*text)[1]) ||
	    dwarf_tag(type) != DW_TAG_array_type || !type_of(type, &element))
		return false;
	index = strtoull(*text + 1, &end, 0);
	if (*end != ']' || index > size_of(type))
		return false;
	*text = end + 1;
	*address += index * size_of(&element);
	*type = element;
	return true;
}

static int find(const char *text, struct variable *ret, char *error, size_t n)
{
	size_t length = name_length(text);
	char name[MAX_NAME];
	const char *rest = text + length;
	Dwarf_Die die, type;
	unsigned int count;

	if (!opened()) {
		snprintf(error, n, "the kernel has no debug information, by "
			 "which `%s' could be found: give an address", text);
		return -1;
	}
	snprintf(name, sizeof(name), "%.*s", (int)length, text);
	count = find_all(is_variable, name, &die);
	if (count != 1) {
		snprintf(error, n, count ? "the kernel has %2$u variables "
			 "named `%1$s': give an address" :
			 "the kernel has no variable named `%1$s'", name,
			 count);
		return -1;
	}
	address_of(&die, &ret->gaddr);
	if (!type_of(&die, &type))
		return 0;
	while (*rest) {
		const char *part = rest;

		if (go_into(&rest, &ret->gaddr, &type))
			continue;
		snprintf(error, n, "`%.*s' has no part `%s'",
			 (int)(part - text), text, part);
		return -1;
	}
	ret->size = size_of(&type);
	return 0;
}

int variables_find(const char *expression, struct variable *ret, char *error,
		   size_t n)
{
	int err;

	*ret = (struct variable){ 0 };
	pthread_mutex_lock(&lock);
	err = find(expression, ret, error, n);
	pthread_mutex_unlock(&lock);
	return err;
}

/* The one that was looked for last is kept, there or not. With lock. */
static bool find_structure(const char *name, Dwarf_Die *ret)
{
	static char last[MAX_NAME];
	static Dwarf_Die found;
	static bool is_there;

	if (strcmp(last, name)) {
		is_there = find_all(is_structure, name, &found);
		snprintf(last, sizeof(last), "%s", name);
	}
	*ret = found;
	return is_there;
}

bool variables_member(const char *structure, const char *member,
		      struct variable *ret)
{
	Dwarf_Die die, type;
	bool found;

	*ret = (struct variable){ 0 };
	pthread_mutex_lock(&lock);
	found = opened() && find_structure(structure, &die);
	if (found && !member)
		type = die;
	else if (found)
		found = find_member(&die, member, 0, &ret->gaddr, &type);
	if (found)
		ret->size = size_of(&type);
	pthread_mutex_unlock(&lock);
	return found;
}

bool variables_constant(const char *enumeration, const char *name, u64 *ret)
{
	Dwarf_Attribute attr;
	Dwarf_Die die, at;
	Dwarf_Word value;
	bool found = false;

	pthread_mutex_lock(&lock);
	if (opened() && find_all(is_enumeration, enumeration, &die) &&
	    !dwarf_child(&die, &at)) {
		do {
			found = has_name(&at, name) &&
				dwarf_attr(&at, DW_AT_const_value, &attr) &&
				!dwarf_formudata(&attr, &value);
		} while (!found && !dwarf_siblingof(&at, &at));
	}
	if (found)
		*ret = value;
	pthread_mutex_unlock(&lock);
	return found;
}

/* ---- the other way ---------------------------------------------------- */

static bool covers(Dwarf_Die *die, const void *arg)
{
	u64 wanted = *(const gaddr_t *)arg, start, size = 0;
	Dwarf_Die type;

	if (dwarf_tag(die) != DW_TAG_variable || !address_of(die, &start) ||
	    start > wanted)
		return false;
	if (type_of(die, &type))
		size = size_of(&type);
	return wanted - start < MAX(size, 1);
}

bool variables_print(char *buf, size_t n, gaddr_t gaddr)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit, die;
	const char *name = NULL;
	u64 start = 0;

	pthread_mutex_lock(&lock);
	while (opened() && !name &&
	       !dwarf_get_units(dwarf, cu, &cu, NULL, NULL, &unit, NULL))
		if (child_of(&unit, covers, &gaddr, &die) &&
		    address_of(&die, &start))
			name = dwarf_diename(&die);
	if (name)
		snprintf(buf, n, "%s+0x%llx", name,
			 (unsigned long long)(gaddr - start));
	pthread_mutex_unlock(&lock);
	return name;
}
