// SPDX-License-Identifier: Apache-2.0
/*
 * dwarf_test.c: dwarf_test MODULE: the readers of DWARF against damage. The
 * module's debug sections are changed at random, some thousand times; whatever
 * is read then has to be sane.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "globals.h"
#include "lines.h"
#include "marks.h"

#define ROUNDS 3000

#define CHECK(condition)                                                \
	do {                                                            \
		if (condition)                                          \
			break;                                          \
		printf("round %u: %s\n", round_number, #condition);     \
		exit(1);                                                \
	} while (0)

static unsigned int round_number;

static bool is_type(const struct types *t, uint32_t type)
{
	return type < t->n || type == TYPE_VOID || type == TYPE_NONE;
}

static void check_types(const struct types *t, const struct interned *names)
{
	char name[TYPES_NAME_MAX];
	uint32_t i, k;

	for (i = 0; i < t->n; i++) {
		const struct type *x = &t->list[i];

		CHECK(x->name == NO_NAME || x->name < names->n);
		CHECK(x->of == TYPE_VOID || x->of < i);
		CHECK(x->whole == TYPE_NONE ||
		      (x->whole < t->n && t->list[x->whole].kind == TYPE_STRUCTURE));
		if (x->kind == TYPE_ENUM)
			CHECK(x->n && x->first + x->n <= t->nenumerators);
		if (x->kind == TYPE_STRUCTURE)
			CHECK(x->first + x->n <= t->nmembers);
		for (k = 0; x->kind == TYPE_STRUCTURE && k < x->n; k++)
			CHECK(t->members[x->first + k].type < i);
		types_spell(t, names, i, name);
		CHECK(*name && strlen(name) < sizeof(name));
	}
}

static void check_locals(const struct wasm_module *m, const struct locals *l)
{
	uint32_t i, k;

	for (i = 0; l->parts && i < m->nbodies; i++) {
		const struct local_part *p = &l->parts[i];

		CHECK(p->first_var + p->nvars <= l->nvars);
		CHECK(p->first_event + p->nevents <= l->nevents);
		for (k = p->first_event; k < p->first_event + p->nevents; k++)
			CHECK(l->events[k].var - p->first_var < p->nvars);
	}
	for (i = 0; i < l->nvars; i++)
		CHECK(l->vars[i].name < l->names.n &&
		      is_type(&l->types, l->vars[i].is) &&
		      (l->vars[i].structure == TYPE_NONE ||
		       l->vars[i].structure < l->types.n));
	for (i = 0; i < l->nvars; i++) {
		const struct local_var *v = &l->vars[i];

		CHECK(v->whole <= i);
		if (!locals_is_piece(l, v))
			continue;
		CHECK(v->at + v->type.size <= l->types.list[v->structure].size);
		CHECK(!(locals_padding(l, v) >> v->at & 1));
	}
	check_types(&l->types, &l->names);
}

static void check_globals(const struct wasm_module *m, const struct lines *lines,
			  const struct locals *l, const struct globals *g)
{
	uint32_t i, k;

	for (i = 0; g->functions && i < m->nbodies; i++)
		CHECK(g->functions[i].unit == NO_UNIT ||
		      g->functions[i].unit < g->nunits);
	for (i = 0; i < g->nunits; i++) {
		const struct global_unit *u = &g->units[i];

		CHECK(u->first + u->nvars <= g->nvars);
		CHECK(u->file == NO_FILE || u->file < lines->files.n);
		CHECK(globals_unit_of(g, u->start) == i);
		for (k = 0; k < u->nvars; k++) {
			const struct global_var *v = &g->vars[u->first + k];

			CHECK(v->name < l->names.n && v->is < l->types.n);
			CHECK(v->declared.file == NO_FILE ||
			      v->declared.file < lines->files.n);
			CHECK(!k || v[-1].function <= v->function);
		}
	}
}

static void check_scopes(const struct lines *l, const struct scopes *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		const struct scope *x = &s->list[i];

		CHECK(x->outer == NO_SCOPE || x->outer < i);
		CHECK(x->kin <= i && s->list[x->kin].kin == x->kin);
		CHECK(s->list[x->kin].is_inlined == x->is_inlined);
		CHECK(!x->is_inlined || x->name < s->names.n);
		CHECK(x->declared.file == NO_FILE ||
		      x->declared.file < l->files.n);
		CHECK(x->called.file == NO_FILE || x->called.file < l->files.n);
		CHECK(scopes_find(s, x->entry) == i);
	}
	for (i = 0; s->of_row && i < l->nrows; i++)
		CHECK(s->of_row[i] == NO_SCOPE || s->of_row[i] < s->n);
}

static void check_lines(const struct wasm_module *m)
{
	struct lines l;
	struct scopes scopes;
	struct locals locals;
	struct globals globals;
	struct marks k;
	size_t i, n;

	lines_read(m, &l);
	for (i = 0; i < l.nrows; i++) {
		CHECK(!i || l.rows[i - 1].address <= l.rows[i].address);
		CHECK(!l.rows[i].line || l.rows[i].file < l.files.n);
	}
	for (i = 0; i < l.files.n; i++)
		for (n = 0; l.files.texts[i][n]; n++)
			CHECK((unsigned char)l.files.texts[i][n] >= ' ');
	scopes_read(m, m, &l, &scopes);
	check_scopes(&l, &scopes);
	locals_read(m, m, &scopes, &locals);
	globals_read(m, m, &l, &locals, &globals);
	check_locals(m, &locals);
	check_globals(m, &l, &locals, &globals);
	marks_init(&k, m, &l, &scopes, &locals);
	marks_free(&k);
	globals_free(&globals);
	locals_free(&locals);
	scopes_free(&scopes);
	lines_free(&l);
}

static const char *const sections[] = {
	".debug_info", ".debug_abbrev", ".debug_line", ".debug_loc",
	".debug_str", ".debug_ranges",
};

/* Some bytes of some sections become others. */
static void damage(const struct wasm_module *m)
{
	unsigned int n = 1u << (rand() % 6), i;

	for (i = 0; i < n; i++) {
		struct wasm_slice s = wasm_custom_section(m,
			sections[(size_t)rand() %
				 (sizeof(sections) / sizeof(sections[0]))]);
		static const uint8_t special[] = { 0, 1, 0x7f, 0x80, 0xff };
		uint8_t *p = (uint8_t *)s.p;

		if (!s.n)
			continue;
		p[(size_t)rand() % s.n] = rand() % 2 ? (uint8_t)rand() :
			special[(size_t)rand() % sizeof(special)];
	}
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
	struct wasm_module m;
	struct scopes scopes;
	struct locals locals;
	struct globals globals;
	struct failure f;
	struct lines l;
	struct stat st;
	uint8_t *good, *p;
	size_t n;

	if (fd < 0 || fstat(fd, &st)) {
		printf("usage: dwarf_test MODULE\n");
		return 64;
	}
	n = (size_t)st.st_size;
	good = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
	p = malloc(n);
	if (good == MAP_FAILED || !p)
		return 71;
	memcpy(p, good, n);
	CHECK(!wasm_module_read(&m, p, n, &f));
	lines_read(&m, &l);
	CHECK(l.nrows > 10 && l.files.n);
	scopes_read(&m, &m, &l, &scopes);
	CHECK(scopes.n >= 2 && scopes.nparams);
	locals_read(&m, &m, &scopes, &locals);
	CHECK(locals.nvars > 2 && locals.nevents > 2);
	globals_read(&m, &m, &l, &locals, &globals);
	CHECK(globals.nunits && globals.nvars && globals.functions);
	globals_free(&globals);
	locals_free(&locals);
	scopes_free(&scopes);
	lines_free(&l);
	srand(1);
	for (round_number = 1; round_number <= ROUNDS; round_number++) {
		damage(&m);
		m.has_dylink = round_number % 2; /* as of a program */
		check_lines(&m);
		if (round_number % 4 == 0)
			memcpy(p, good, n);
	}
	wasm_module_free(&m);
	free(p);
	printf("%u rounds\n", ROUNDS);
	return 0;
}
