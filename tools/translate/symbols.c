// SPDX-License-Identifier: Apache-2.0
/* symbols.c: names in a linked module, see symbols.h. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "finish.h"
#include "guest_module.h"
#include "symbols.h"

#define PREFIX "w2c_" FINISH_NAME "_f"

/* The object, mapped to be changed. */
struct object {
	char *p;
	size_t n;
	const Elf64_Shdr *sections;
	unsigned int nsections;
	const char *section_names;
	const Elf64_Shdr *symbols, *strings;
};

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

/* ---- the file --------------------------------------------------------- */

static bool is_inside(const struct object *o, uint64_t offset, uint64_t n)
{
	return offset <= o->n && n <= o->n - offset;
}

static const Elf64_Shdr *find_section(const struct object *o, const char *name)
{
	unsigned int i;

	for (i = 0; i < o->nsections; i++)
		if (!strcmp(o->section_names + o->sections[i].sh_name, name))
			return &o->sections[i];
	return NULL;
}

/* Are all sections in the file, and do those of texts end with a NUL? */
static bool is_sound(struct object *o)
{
	const Elf64_Ehdr *h = (void *)o->p;
	unsigned int i;

	if (o->n < sizeof(*h) || memcmp(h->e_ident, ELFMAG, SELFMAG) ||
	    !is_inside(o, h->e_shoff, h->e_shnum * sizeof(Elf64_Shdr)) ||
	    h->e_shoff % 8 || h->e_shstrndx >= h->e_shnum)
		return false;
	o->sections = (void *)(o->p + h->e_shoff);
	o->nsections = h->e_shnum;
	for (i = 0; i < o->nsections; i++) {
		const Elf64_Shdr *s = &o->sections[i];

		if (s->sh_type == SHT_NOBITS)
			continue;
		if (!is_inside(o, s->sh_offset, s->sh_size) ||
		    (s->sh_type == SHT_STRTAB &&
		     (!s->sh_size || o->p[s->sh_offset + s->sh_size - 1])))
			return false;
	}
	o->section_names = o->p + o->sections[h->e_shstrndx].sh_offset;
	o->symbols = find_section(o, ".symtab");
	if (!o->symbols || o->symbols->sh_link >= o->nsections)
		return false;
	o->strings = &o->sections[o->symbols->sh_link];
	return true;
}

static int object_map(struct object *o, const char *dir, const char *so,
		      struct failure *failure)
{
	char path[PATH_MAX + 32];
	struct stat st;
	int fd;

	*o = (struct object){ .p = MAP_FAILED };
	snprintf(path, sizeof(path), "%s/%s", dir, so);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0 && !fstat(fd, &st)) {
		o->n = (size_t)st.st_size;
		o->p = mmap(NULL, o->n, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			    0);
	}
	if (fd >= 0)
		close(fd);
	if (o->p == MAP_FAILED)
		return failure_set(failure, FAIL_HOST, "what lld made cannot be "
				   "changed: %s", strerror(errno));
	if (!is_sound(o))
		return failure_set(failure, FAIL_HOST, "what lld made is no "
				   "shared object with symbols");
	return 0;
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

/* Where in the file something of n bytes at this address is. */
static void *at_address(const struct object *o, uint64_t address, uint64_t n)
{
	unsigned int i;

	for (i = 0; i < o->nsections; i++) {
		const Elf64_Shdr *s = &o->sections[i];

		if (s->sh_type == SHT_PROGBITS && (s->sh_flags & SHF_ALLOC) &&
		    address >= s->sh_addr && address - s->sh_addr < s->sh_size &&
		    n <= s->sh_size - (address - s->sh_addr))
			return o->p + s->sh_offset + (address - s->sh_addr);
	}
	return NULL;
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
		table = at_address(o, functions->st_value,
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
	if (o.p != MAP_FAILED && munmap(o.p, o.n) && !err)
		err = failure_set(failure, FAIL_HOST, "munmap: %s",
				  strerror(errno));
	return err;
}
