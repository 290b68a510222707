// SPDX-License-Identifier: Apache-2.0
/* module.c: a translated module, loaded. */
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exit.h"
#include "log.h"
#include "module.h"

static struct module *_Atomic modules;

static void map_file(struct module *m, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0)
		return;
	if (!fstat(fd, &st) && st.st_size > 0) {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd,
			 0);
		if (p != MAP_FAILED) {
			m->file = p;
			m->file_size = (size_t)st.st_size;
		}
	}
	close(fd);
}

/* NAME.so has its companion beside it, as NAME.types. */
char *module_find_types(const char *so_path)
{
	size_t n = strlen(so_path);
	char path[PATH_MAX];

	if (n < 3 || strcmp(so_path + n - 3, ".so") ||
	    snprintf(path, sizeof(path), "%.*s.types", (int)n - 3, so_path) >=
		    (int)sizeof(path) ||
	    access(path, R_OK))
		path[0] = 0;
	return strdup(path);
}

/* What debuggers are told stays valid when somebody changes directory. */
static void set_paths(struct module *m, const char *path)
{
	m->path = realpath(path, NULL);
	if (!m->path)
		m->path = strdup(path);
	m->types_path = m->path ? module_find_types(m->path) : NULL;
	if (!m->types_path)
		die(EXIT_HOST, "out of memory");
}

int module_open(struct module *m, const char *path, const char *name,
		char *error, size_t n)
{
	*m = (struct module){ 0 };
	snprintf(m->name, sizeof(m->name), "%s", basename(name));
	m->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!m->handle) {
		snprintf(error, n, "%s cannot be loaded: %s", path, dlerror());
		return -1;
	}
	m->desc = dlsym(m->handle, GUEST_MODULE_SYMBOL);
	m->data_base = dlsym(m->handle, GUEST_DATA_BASE_SYMBOL);
	if (!m->desc || m->desc->abi != GUEST_MODULE_ABI || !m->data_base) {
		snprintf(error, n, m->desc ?
			 "%s was translated for another version of the runner" :
			 "%s is a shared object, but not a translated module",
			 path);
		dlclose(m->handle);
		return -1;
	}
	map_file(m, path);
	set_paths(m, path);
	m->next = modules;
	while (!atomic_compare_exchange_weak(&modules, &m->next, m))
		;
	return 0;
}

bool module_has_checks(const struct module *m)
{
	return dlsym(m->handle, "guest_checks");
}

const struct guest_export *module_export(const struct module *m,
					 const char *name)
{
	u32 low = 0, high = m->desc->nexports;

	while (low < high) {
		u32 middle = low + (high - low) / 2;
		int c = strcmp(name, m->desc->exports[middle].name);

		if (!c)
			return &m->desc->exports[middle];
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

void *module_function(const struct module *m, const char *name,
		      const char *type)
{
	const struct guest_export *e = module_export(m, name);

	if (!e || e->kind != GUEST_FUNC || strcmp(e->type, type))
		return NULL;
	return (void *)e->func;
}

static const struct guest_export *find_global(const struct module *m,
					      const char *name)
{
	const struct guest_export *e = module_export(m, name);

	return e && e->kind == GUEST_GLOBAL && e->type[0] == 'i' ? e : NULL;
}

bool module_has_global(const struct module *m, const char *name)
{
	return find_global(m, name);
}

volatile u32 *module_global(const struct module *m, void *instance,
			    const char *name)
{
	const struct guest_export *e = find_global(m, name);
	void *p;

	if (!e)
		return NULL;
	p = (char *)instance + e->offset;
	return e->indirect ? *(u32 **)p : p;
}

const struct guest_function *module_function_at(const struct module *m,
						const void *pc)
{
	const struct guest_function *f = m->desc->functions;
	u32 text = (u32)((const char *)pc - m->desc->text_start);
	u32 low = 0, high = m->desc->nfunctions;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (f[middle].text <= text)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || text - f[low - 1].text >= f[low - 1].text_size)
		return NULL;
	return &f[low - 1];
}

const struct module *module_of_text(const void *pc)
{
	const struct module *m;

	for (m = modules; m; m = m->next)
		if (module_has_text(m, pc))
			return m;
	return NULL;
}

const struct module *module_of_low_text(u32 low)
{
	const struct module *m;
	u32 start, size;

	for (m = modules; m; m = m->next) {
		start = (u32)(uintptr_t)m->desc->text_start;
		size = (u32)(m->desc->text_end - m->desc->text_start);
		if (low - start < size)
			return m;
	}
	return NULL;
}

static bool in_file(const struct module *m, u64 offset, u64 n)
{
	return offset <= m->file_size && n <= m->file_size - offset;
}

static const ElfW(Shdr) *find_symtab(const struct module *m,
				     const ElfW(Shdr) **strings)
{
	const ElfW(Ehdr) *eh = (const void *)m->file;
	const ElfW(Shdr) *sections;
	unsigned int i;

	if (!in_file(m, 0, sizeof(*eh)) ||
	    !in_file(m, eh->e_shoff, eh->e_shnum * sizeof(*sections)))
		return NULL;
	sections = (const void *)(m->file + eh->e_shoff);
	for (i = 0; i < eh->e_shnum; i++) {
		const ElfW(Shdr) *s = &sections[i];

		if (s->sh_type != SHT_SYMTAB || s->sh_link >= eh->e_shnum ||
		    !in_file(m, s->sh_offset, s->sh_size))
			continue;
		*strings = &sections[s->sh_link];
		if ((*strings)->sh_size &&
		    in_file(m, (*strings)->sh_offset, (*strings)->sh_size))
			return s;
	}
	return NULL;
}

const char *module_symbol(const struct module *m, const void *pc,
			  size_t *offset)
{
	const ElfW(Shdr) *strings, *symtab;
	const ElfW(Sym) *sym, *end, *best = NULL;
	struct link_map *map;
	ElfW(Addr) address;

	if (!m->file || dlinfo(m->handle, RTLD_DI_LINKMAP, &map))
		return NULL;
	symtab = find_symtab(m, &strings);
	if (!symtab)
		return NULL;
	address = (ElfW(Addr))pc - map->l_addr;
	sym = (const void *)(m->file + symtab->sh_offset);
	end = sym + symtab->sh_size / sizeof(*sym);
	for (; sym < end; sym++)
		if (ELF64_ST_TYPE(sym->st_info) == STT_FUNC &&
		    sym->st_value <= address && sym->st_name < strings->sh_size
		    && (!best || sym->st_value > best->st_value))
			best = sym;
	if (!best)
		return NULL;
	*offset = address - best->st_value;
	return (const char *)m->file + strings->sh_offset + best->st_name;
}
