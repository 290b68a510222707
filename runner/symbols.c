// SPDX-License-Identifier: Apache-2.0
/* symbols.c: the function and the source line at a place in guest text. */
#include <elfutils/libdw.h>
/* libdw's, not the translator's. */
#include <elfutils/../dwarf.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols.h"

/* Of a file's path, this much is printed. */
#define PATH_PARTS 3
/* Places that need not be looked for again. */
#define KNOWN 1021

/* A module's debug information, opened when it is first needed. */
struct info {
	const struct module *module;
	Elf *elf;
	Dwarf *dwarf; /* NULL: it has none */
	struct info *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct info *infos; /* with lock */

static void open_dwarf(struct info *i)
{
	const struct module *m = i->module;

	if (!m->file || elf_version(EV_CURRENT) == EV_NONE)
		return;
	/* Nothing is written to what was opened by elf_memory(). */
	i->elf = elf_memory((char *)m->file, m->file_size);
	if (i->elf)
		i->dwarf = dwarf_begin_elf(i->elf, DWARF_C_READ, NULL);
}

static struct info *info_of(const struct module *m)
{
	struct info *i;

	for (i = infos; i; i = i->next)
		if (i->module == m)
			return i;
	i = calloc(1, sizeof(*i));
	if (!i)
		return NULL;
	i->module = m;
	open_dwarf(i);
	i->next = infos;
	infos = i;
	return i;
}

/* There is no .debug_aranges, and few units. */
static bool find_unit(Dwarf *dwarf, Dwarf_Addr address, Dwarf_Die *ret)
{
	Dwarf_CU *cu = NULL;

	while (!dwarf_get_units(dwarf, cu, &cu, NULL, NULL, ret, NULL))
		if (dwarf_haspc(ret, address) > 0)
			return true;
	return false;
}

static void find_inlined(Dwarf_Die *unit, Dwarf_Addr address, struct place *ret)
{
	Dwarf_Die *scopes = NULL;
	int n = dwarf_getscopes(unit, address, &scopes), i;

	for (i = 0; i < n && dwarf_tag(&scopes[i]) != DW_TAG_subprogram; i++) {
		if (dwarf_tag(&scopes[i]) != DW_TAG_inlined_subroutine)
			continue;
		ret->inlined = dwarf_diename(&scopes[i]);
		break;
	}
	free(scopes);
}

static void find_line(const struct module *m, const void *pc,
		      struct place *ret)
{
	struct link_map *map;
	struct info *i = info_of(m);
	Dwarf_Addr address;
	Dwarf_Die unit;
	Dwarf_Line *line;

	if (!i || !i->dwarf || dlinfo(m->handle, RTLD_DI_LINKMAP, &map))
		return;
	address = (Dwarf_Addr)(uintptr_t)pc - map->l_addr;
	if (!find_unit(i->dwarf, address, &unit))
		return;
	line = dwarf_getsrc_die(&unit, address);
	if (!line || dwarf_lineno(line, &ret->line) || !ret->line)
		return;
	ret->file = dwarf_linesrc(line, NULL, NULL);
	find_inlined(&unit, address, ret);
}

static void find_function(const struct module *m, const void *pc,
			  struct place *ret)
{
	*ret = (struct place){ .module = m };
	ret->function = module_symbol(m, pc, &ret->offset);
	if (!ret->function)
		ret->offset = (size_t)((const char *)pc - m->desc->text_start);
}

struct known {
	const void *pc;
	struct place place;
};

/* Modules stay, so that what was found once stays true. */
static void find_place(const struct module *m, const void *pc,
		       struct place *ret)
{
	static struct known all[KNOWN]; /* with lock */
	struct known *k = &all[(uintptr_t)pc % KNOWN];

	pthread_mutex_lock(&lock);
	if (k->pc != pc) {
		find_function(m, pc, &k->place);
		find_line(m, pc, &k->place);
		k->pc = pc;
	}
	*ret = k->place;
	pthread_mutex_unlock(&lock);
}

bool symbols_place(const void *pc, struct place *ret)
{
	static _Thread_local bool busy;
	const struct module *m = module_of_text(pc);

	if (!m)
		return false;
	if (busy) { /* that failed, and this is the report of it */
		find_function(m, pc, ret);
		return true;
	}
	busy = true;
	find_place(m, pc, ret);
	busy = false;
	return true;
}

/* Where the build was is of no interest. */
static const char *tail_of(const char *path)
{
	const char *p = path + strlen(path);
	int slashes = 0;

	while (p > path)
		if (*--p == '/' && ++slashes == PATH_PARTS)
			return p + 1;
	return path;
}

int symbols_print(char *buf, size_t n, const struct place *p, bool with_module)
{
	char module[80] = "", line[256] = "";

	if (with_module || !p->function)
		snprintf(module, sizeof(module), " (%s)", p->module->name);
	if (p->file)
		snprintf(line, sizeof(line), " %s:%d", tail_of(p->file),
			 p->line);
	return snprintf(buf, n, "%s%s%s+0x%zx%s%s", p->inlined ? p->inlined : "",
			p->inlined ? " in " : "",
			p->function ? p->function : "text", p->offset, module,
			line);
}
