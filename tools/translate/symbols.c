// SPDX-License-Identifier: Apache-2.0
/* symbols.c: names in a linked module, see symbols.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "finish.h"
#include "guest_module.h"
#include "object.h"
#include "symbols.h"

#define PREFIX "w2c_" FINISH_NAME "_f"

/*
 * What debuggers do when they meet a function of that name is not meant for
 * the guest's: gdb takes the target of a jump from the host's own jmp_buf. Their
 * symbols have a suffix.
 */
#define SUFFIX ".guest"

static bool is_special(const char *name)
{
	static const char *const special[] = {
		"longjmp", "_longjmp", "siglongjmp", "_siglongjmp",
		"_Unwind_DebugHook", "__jit_debug_register_code",
	};
	unsigned int i;

	for (i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (!strcmp(name, special[i]))
			return true;
	return false;
}

void symbols_put_padding(struct buffer *out, uint32_t n, const char *name)
{
	size_t length = (size_t)snprintf(NULL, 0, PREFIX "%u", n);
	size_t wanted = strlen(name) + (is_special(name) ? strlen(SUFFIX) : 0);

	for (; length < wanted; length++)
		buffer_byte(out, '_');
}

/* The number of a function with that name in C, or -1. */
static long function_number(const char *name)
{
	const char *digits = name + strlen(PREFIX);
	char *end;
	long n;

	if (strncmp(name, PREFIX, strlen(PREFIX)) || *digits < '0' ||
	    *digits > '9')
		return -1;
	n = strtol(digits, &end, 10);
	return end[strspn(end, "_")] ? -1 : n;
}

/* ---- names ------------------------------------------------------------ */

/* Overwrite a name in C; there is room, see symbols_put_padding(). */
static void rename_in_place(char *old, const char *name, const char *suffix)
{
	size_t room = strlen(old), n = strlen(name), more = strlen(suffix);

	if (n + more > room)
		return;
	memcpy(old, name, n);
	memcpy(old + n, suffix, more);
	memset(old + n + more, 0, room - n - more);
}

/* ---- the table of functions ------------------------------------------- */

static int compare_functions(const void *x, const void *y)
{
	const struct guest_function *a = x, *b = y;

	return a->text < b->text ? -1 : a->text > b->text;
}

static const Elf64_Sym *find_symbol(const struct object *o, const char *name)
{
	const Elf64_Sym *sym = (void *)(o->p + o->symbols->sh_offset);
	const Elf64_Sym *end = sym + o->symbols->sh_size / sizeof(*sym);

	for (; sym < end; sym++)
		if (sym->st_name < o->strings->sh_size &&
		    !strcmp(o->p + o->strings->sh_offset + sym->st_name, name))
			return sym;
	return NULL;
}

/* One pass over the symbols: names, and the table, as far as it has room. */
static uint32_t use_symbols(struct object *o, const struct wasm_module *m,
			    char **names, uint64_t text_start,
			    struct guest_function *table)
{
	const Elf64_Sym *sym = (void *)(o->p + o->symbols->sh_offset);
	const Elf64_Sym *end = sym + o->symbols->sh_size / sizeof(*sym);
	uint32_t first = m->imported[WASM_K_FUNC], used = 0;

	for (; sym < end; sym++) {
		char *name = o->p + o->strings->sh_offset + sym->st_name;
		long n = sym->st_name < o->strings->sh_size ?
			function_number(name) : -1;

		if (n < first || n - first >= m->nbodies || used == m->nbodies ||
		    ELF64_ST_TYPE(sym->st_info) != STT_FUNC)
			continue;
		table[used++] = (struct guest_function){
			.text = (uint32_t)(sym->st_value - text_start),
			.text_size = (uint32_t)sym->st_size,
			.code = (uint32_t)(m->bodies[n - first].p -
					   m->section[WASM_CODE].p),
			.code_size = (uint32_t)m->bodies[n - first].n,
		};
		rename_in_place(name, names[n],
				is_special(names[n]) ? SUFFIX : "");
	}
	return used;
}

static int finish(struct object *o, const struct wasm_module *m, char **names,
		  struct failure *failure)
{
	const Elf64_Sym *start = find_symbol(o, "guest_text_start");
	const Elf64_Sym *functions = find_symbol(o, "guest_functions");
	struct guest_function *table = NULL;

	if (start && functions)
		table = object_at(o, functions->st_value,
				   m->nbodies * sizeof(*table));
	if (!table || use_symbols(o, m, names, start->st_value, table) !=
			      m->nbodies)
		return failure_set(failure, FAIL_HOST,
				   "what lld made lacks functions");
	qsort(table, m->nbodies, sizeof(*table), compare_functions);
	return 0;
}

int symbols_finish(const char *dir, const char *so, const struct wasm_module *m,
		   char **names, struct failure *failure)
{
	struct object o;
	int err = object_map(&o, dir, so, failure);

	if (!err)
		err = finish(&o, m, names, failure);
	return object_unmap(&o, err, failure);
}
