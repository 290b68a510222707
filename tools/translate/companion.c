// SPDX-License-Identifier: Apache-2.0
/* companion.c: a module's types and data as an ELF file, see companion.h. */
#include <elf.h>
#include <string.h>

#include "companion.h"
#include "file.h"
#include "place.h"
#include "prune.h"

#define WASM_PAGE 65536u
/* Fixed ones, .debug_*, .symtab, .strtab, .shstrtab. */
#define MAX_SECTIONS 16

struct elf {
	struct buffer bytes; /* from the header on */
	struct buffer names; /* of sections */
	Elf32_Shdr sections[MAX_SECTIONS];
	unsigned int n;
};

static void align(struct buffer *b)
{
	while (b->n % 4 && !b->failed)
		buffer_byte(b, 0);
}

static Elf32_Shdr *add_section(struct elf *e, const char *name, uint32_t type)
{
	Elf32_Shdr *s = &e->sections[e->n++];

	*s = (Elf32_Shdr){
		.sh_name = (uint32_t)e->names.n,
		.sh_type = type,
		.sh_offset = (uint32_t)e->bytes.n,
		.sh_addralign = 1,
	};
	buffer_put(&e->names, name, strlen(name) + 1);
	return s;
}

static Elf32_Shdr *put_section(struct elf *e, const char *name, uint32_t type,
			       const void *p, size_t n)
{
	Elf32_Shdr *s;

	align(&e->bytes);
	s = add_section(e, name, type);
	s->sh_size = (uint32_t)n;
	buffer_put(&e->bytes, p, n);
	return s;
}

/* All of guest memory that the module has data in. */
static void put_data(struct elf *e, const struct wasm_module *m)
{
	Elf32_Shdr *s = add_section(e, ".data", SHT_NOBITS);
	uint64_t end = (uint64_t)m->memory_min * WASM_PAGE;

	s->sh_flags = SHF_ALLOC | SHF_WRITE;
	s->sh_addr = m->has_dylink ? 0 : WASM_PAGE;
	if (m->has_dylink)
		end = m->mem_size;
	if (end > UINT32_MAX)
		end = UINT32_MAX;
	if (end > s->sh_addr)
		s->sh_size = (uint32_t)end - s->sh_addr;
	s->sh_addralign = 16;
}

/* Constant values of the globals that m defines. */
static struct wasm_reader open_globals(const struct wasm_module *m)
{
	struct wasm_slice s = m->section[WASM_GLOBAL];
	struct wasm_reader r = { s.p, s.p + s.n, false, NULL };

	wasm_read_count(&r);
	return r;
}

static void put_symbol(struct buffer *symbols, struct buffer *names,
		       struct wasm_slice name, uint32_t value)
{
	Elf32_Sym sym = {
		.st_name = (uint32_t)names->n,
		.st_value = value,
		.st_info = ELF32_ST_INFO(STB_GLOBAL, STT_OBJECT),
		.st_shndx = 1,
	};

	buffer_put(symbols, &sym, sizeof(sym));
	buffer_put(names, name.p, name.n);
	buffer_byte(names, 0);
}

/* An exported constant of that type is the address of an object. */
static void put_exports(const struct wasm_module *m, uint32_t global,
			uint32_t value, struct buffer *symbols,
			struct buffer *names)
{
	uint32_t i;

	for (i = 0; i < m->nexports; i++) {
		const struct wasm_export *x = &m->exports[i];

		if (x->kind == WASM_K_GLOBAL && x->index == global &&
		    !memchr(x->name.p, 0, x->name.n))
			put_symbol(symbols, names, x->name, value);
	}
}

static void put_symbols(struct elf *e, const struct wasm_module *m)
{
	static const Elf32_Sym null;
	struct buffer symbols = { 0 }, names = { 0 };
	struct wasm_reader r = open_globals(m);
	uint32_t i = m->imported[WASM_K_GLOBAL], value;
	Elf32_Shdr *s;

	buffer_put(&symbols, &null, sizeof(null));
	buffer_byte(&names, 0);
	for (; i < m->nglobals && !r.bad; i++) {
		wasm_read_byte(&r);
		wasm_read_byte(&r);
		if (wasm_read_const(&r, &value) && !r.bad &&
		    !m->globals[i].is_mutable && m->globals[i].type == WASM_I32)
			put_exports(m, i, value, &symbols, &names);
	}
	s = put_section(e, ".symtab", SHT_SYMTAB, symbols.p, symbols.n);
	s->sh_link = e->n; /* the next one */
	s->sh_info = 1;
	s->sh_entsize = sizeof(Elf32_Sym);
	put_section(e, ".strtab", SHT_STRTAB, names.p, names.n);
	e->bytes.failed |= symbols.failed | names.failed;
	buffer_free(&symbols);
	buffer_free(&names);
}

static void put_slice(struct elf *e, const char *name, struct wasm_slice s)
{
	if (s.n)
		put_section(e, name, SHT_PROGBITS, s.p, s.n);
}

static void put_dwarf(struct elf *e, const struct wasm_module *m)
{
	struct pruned p;
	struct dwarf d;

	dwarf_open(&d, m);
	prune_dwarf(&d, place_memory_base(m), &p);
	e->bytes.failed |= p.info.failed | p.abbrev.failed | p.aranges.failed;
	if (p.info.n && !e->bytes.failed) {
		put_section(e, ".debug_info", SHT_PROGBITS, p.info.p, p.info.n);
		put_section(e, ".debug_abbrev", SHT_PROGBITS, p.abbrev.p,
			    p.abbrev.n);
		put_section(e, ".debug_aranges", SHT_PROGBITS, p.aranges.p,
			    p.aranges.n);
		put_slice(e, ".debug_str", d.str);
		put_slice(e, ".debug_line_str", d.line_str);
		put_slice(e, ".debug_str_offsets", d.str_offsets);
		put_slice(e, ".debug_addr", d.addr);
	}
	pruned_free(&p);
	dwarf_free(&d);
}

static void put_headers(struct elf *e)
{
	Elf32_Ehdr h = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32,
			     ELFDATA2LSB, EV_CURRENT },
		/* ET_EXEC would be taken for the program that is debugged. */
		.e_type = ET_DYN,
		.e_machine = EM_386,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(h),
		.e_shentsize = sizeof(Elf32_Shdr),
	};
	Elf32_Shdr *s;

	s = put_section(e, ".shstrtab", SHT_STRTAB, NULL, 0);
	s->sh_size = (uint32_t)e->names.n;
	buffer_put(&e->bytes, e->names.p, e->names.n);
	align(&e->bytes);
	h.e_shoff = (uint32_t)e->bytes.n;
	h.e_shnum = (uint16_t)e->n;
	h.e_shstrndx = (uint16_t)(e->n - 1);
	buffer_put(&e->bytes, e->sections, e->n * sizeof(e->sections[0]));
	if (!e->bytes.failed)
		memcpy(e->bytes.p, &h, sizeof(h));
}

void companion_make(const struct wasm_module *m, struct buffer *ret)
{
	static const Elf32_Ehdr room;
	struct elf e = { 0 };

	buffer_put(&e.bytes, &room, sizeof(room));
	add_section(&e, "", SHT_NULL);
	put_data(&e, m);
	put_dwarf(&e, m);
	put_symbols(&e, m);
	put_headers(&e);
	e.bytes.failed |= e.names.failed;
	buffer_free(&e.names);
	*ret = e.bytes;
}

int companion_write(const char *dir, const struct wasm_module *m,
		    struct failure *failure)
{
	struct buffer bytes;
	int err;

	companion_make(m, &bytes);
	err = file_write(dir, COMPANION_NAME, &bytes, failure);
	buffer_free(&bytes);
	return err;
}
