// SPDX-License-Identifier: Apache-2.0
/* lines.c: runs the line number programs of .debug_line, see lines.h. */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "buffer.h"
#include "dwarf.h"
#include "interned.h"
#include "lines.h"

#define MAX_PATH 4000

/* Names of things in one program's header, in order. */
struct names {
	struct wasm_slice *name;
	uint32_t *dir; /* of files: index of a folder */
	uint32_t n, room;
};

/* Where the paths of a program are relative to. */
struct origin {
	uint64_t program; /* offset in .debug_line */
	struct wasm_slice comp_dir;
};

struct reading {
	struct lines *out;
	struct dwarf d;
	size_t room_rows, room_programs;
	struct origin *origins;
	size_t norigins, room_origins;
	bool failed; /* no memory */
};

struct line_program {
	uint64_t offset; /* in .debug_line, by which they are sorted */
	struct wasm_reader r;
	unsigned int version, min_insn;
	int line_base;
	unsigned int line_range, opcode_base;
	struct wasm_slice lengths; /* operands of the standard opcodes */
	struct names dirs, files;
	struct wasm_slice comp_dir;
	uint32_t *interned; /* per file: number in lines.files + 1, or NO_FILE */
};

static void add_name(struct reading *g, struct names *l, struct wasm_slice name,
		     uint64_t dir)
{
	size_t room = l->room, same = l->room;

	if (!array_room(&l->name, l->n, &room, sizeof(*l->name), &g->failed) ||
	    !array_room(&l->dir, l->n, &same, sizeof(*l->dir), &g->failed))
		return;
	l->room = (uint32_t)room;
	l->name[l->n] = name;
	l->dir[l->n++] = dir > UINT32_MAX ? UINT32_MAX : (uint32_t)dir;
}

/* All programs are kept, and most have few names. */
static void fit(struct names *l)
{
	array_fit(&l->name, l->n, sizeof(*l->name));
	array_fit(&l->dir, l->n, sizeof(*l->dir));
	l->room = l->n;
}

/* ---- paths ------------------------------------------------------------ */

/* Append a path, without its "." and with ".." taken back. */
static void join_path(struct buffer *b, struct wasm_slice s)
{
	struct wasm_reader r = { s.p, s.p + s.n, false, NULL };

	if (s.n && s.p[0] == '/')
		b->n = 0;
	while (r.p < r.end) {
		const uint8_t *part = r.p, *end;

		end = memchr(part, '/', (size_t)(r.end - part));
		end = end ? end : r.end;
		r.p = end < r.end ? end + 1 : end;
		if (end == part || (end == part + 1 && *part == '.'))
			continue;
		if (end == part + 2 && part[0] == '.' && part[1] == '.' &&
		    b->n) {
			while (b->n && b->p[--b->n] != '/')
				;
			continue;
		}
		if (b->n || s.p[0] == '/')
			buffer_byte(b, '/');
		buffer_put(b, part, (size_t)(end - part));
	}
}

/* Is it one that can be printed? */
static bool is_sane_path(const struct buffer *path)
{
	size_t i;

	for (i = 0; i < path->n; i++)
		if (path->p[i] < ' ' || path->p[i] == 0x7f)
			return false;
	return path->n && path->n < MAX_PATH && !path->failed;
}

/* The number of a path, or NO_FILE. */
static uint32_t add_path(struct lines *l, const struct buffer *path)
{
	uint32_t number;

	if (!is_sane_path(path))
		return NO_FILE;
	number = interned_add(&l->files, (struct wasm_slice){ path->p, path->n });
	return l->files.failed ? NO_FILE : number;
}

static uint32_t file_number(struct lines *l, struct line_program *p,
			    uint64_t file)
{
	struct buffer path = { 0 };
	uint32_t dir, number;

	if (p->version < 5)
		file--;
	if (file >= p->files.n)
		return NO_FILE;
	if (p->interned[file])
		return p->interned[file] == NO_FILE ? NO_FILE :
						      p->interned[file] - 1;
	p->interned[file] = NO_FILE;
	dir = p->files.dir[file];
	join_path(&path, p->comp_dir);
	if (p->version < 5 && !dir--)
		dir = UINT32_MAX; /* is relative to comp_dir */
	if (dir < p->dirs.n)
		join_path(&path, p->dirs.name[dir]);
	join_path(&path, p->files.name[file]);
	number = add_path(l, &path);
	if (number != NO_FILE)
		p->interned[file] = number + 1;
	buffer_free(&path);
	return number;
}

uint32_t lines_unit_file(struct lines *l, const struct dwarf_die *unit)
{
	struct buffer path = { 0 };
	uint32_t number;

	join_path(&path, unit->comp_dir.bytes);
	join_path(&path, unit->name.bytes);
	number = add_path(l, &path);
	buffer_free(&path);
	return number;
}

uint32_t lines_file(struct lines *l, uint64_t program, uint64_t file)
{
	size_t lo = 0, hi = l->nprograms;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (l->programs[mid].offset < program)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == l->nprograms || l->programs[lo].offset != program)
		return NO_FILE;
	return file_number(l, &l->programs[lo], file);
}

/* ---- a program's header ----------------------------------------------- */

static void read_v4_names(struct reading *g, struct line_program *p,
			  struct wasm_reader *r)
{
	struct wasm_slice s;

	while ((s = dwarf_read_text(r)).n)
		add_name(g, &p->dirs, s, 0);
	while ((s = dwarf_read_text(r)).n) {
		uint64_t dir = wasm_read_leb(r, 64, false);

		wasm_read_leb(r, 64, false);
		wasm_read_leb(r, 64, false);
		add_name(g, &p->files, s, dir);
	}
}

/* DWARF 5: a description of the columns, then the rows. */
static void read_v5_names(struct reading *g, struct names *l,
			  struct wasm_reader *r)
{
	uint64_t column[64][2], n, i;
	unsigned int columns = wasm_read_byte(r), k;

	if (columns > 64)
		r->bad = true;
	for (k = 0; k < columns && !r->bad; k++) {
		column[k][0] = wasm_read_leb(r, 64, false);
		column[k][1] = wasm_read_leb(r, 64, false);
	}
	n = wasm_read_leb(r, 64, false);
	for (i = 0; i < n && columns && r->p < r->end && !r->bad; i++) {
		struct wasm_slice name = { 0 };
		const uint8_t *start = r->p;
		uint64_t dir = 0;

		for (k = 0; k < columns; k++) {
			struct dwarf_value v;

			v = dwarf_read_value(&g->d, r, column[k][1]);
			if (column[k][0] == 1) /* DW_LNCT_path */
				name = v.bytes;
			else if (column[k][0] == 2) /* DW_LNCT_directory_index */
				dir = v.u;
		}
		if (r->p == start)
			r->bad = true; /* rows of no size have no end */
		add_name(g, l, name, dir);
	}
}

static struct wasm_slice comp_dir_of(const struct reading *g, uint64_t program)
{
	size_t lo = 0, hi = g->norigins;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (g->origins[mid].program < program)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < g->norigins && g->origins[lo].program == program)
		return g->origins[lo].comp_dir;
	return (struct wasm_slice){ 0 };
}

static bool read_header(struct reading *g, struct line_program *p)
{
	struct wasm_reader *r = &p->r, names;
	uint64_t size;

	p->version = (unsigned int)dwarf_read_fixed(r, 2);
	if (p->version < 2 || p->version > 5)
		return false;
	if (p->version >= 5)
		dwarf_read_fixed(r, 2); /* sizes of addresses and segments */
	size = dwarf_read_fixed(r, 4);
	if (r->bad || size > (size_t)(r->end - r->p))
		return false;
	names = (struct wasm_reader){ r->p, r->p + size, false, NULL };
	r->p = names.end;
	p->min_insn = wasm_read_byte(&names);
	if (p->version >= 4)
		wasm_read_byte(&names); /* operations per instruction: 1 */
	wasm_read_byte(&names);		/* default_is_stmt */
	p->line_base = (int8_t)wasm_read_byte(&names);
	p->line_range = wasm_read_byte(&names);
	p->opcode_base = wasm_read_byte(&names);
	if (names.bad || !p->line_range || !p->opcode_base)
		return false;
	p->lengths = wasm_read_bytes(&names, p->opcode_base - 1);
	if (p->version >= 5) {
		read_v5_names(g, &p->dirs, &names);
		read_v5_names(g, &p->files, &names);
	} else {
		read_v4_names(g, p, &names);
	}
	if (names.bad)
		return false;
	fit(&p->dirs);
	fit(&p->files);
	p->interned = calloc(p->files.n + 1, sizeof(*p->interned));
	g->failed |= !p->interned;
	return p->interned;
}

/* ---- its rows --------------------------------------------------------- */

struct state {
	uint64_t address, file, line;
	bool ends_prologue; /* the next row */
	bool is_sane; /* in a sequence of code that is in the module */
};

static void add_row(struct reading *g, struct line_program *p, struct state *s)
{
	struct lines *out = g->out;
	bool ends_prologue = s->ends_prologue;
	uint32_t file;

	s->ends_prologue = false;
	if (!s->is_sane || s->address > INT32_MAX || s->line > INT32_MAX ||
	    !array_room(&out->rows, out->nrows, &g->room_rows, sizeof(*out->rows),
			&g->failed))
		return;
	file = s->line ? file_number(out, p, s->file) : NO_FILE;
	out->rows[out->nrows++] = (struct line_row){
		.address = (uint32_t)s->address,
		.line = file == NO_FILE ? 0 : (uint32_t)s->line & INT32_MAX,
		.ends_prologue = ends_prologue,
		.file = file == NO_FILE ? 0 : file,
	};
}

/* Code that the linker left out has sequences as well, at 0 or at the end. */
static void set_address(struct state *s, struct wasm_reader *r, uint64_t size)
{
	s->address = dwarf_read_fixed(r, size > 8 ? 8 : (unsigned int)size);
	s->is_sane = !r->bad && s->address && s->address < 0xfffffff0;
}

static void extended_opcode(struct line_program *p, struct state *s)
{
	uint64_t size = wasm_read_leb(&p->r, 64, false);
	struct wasm_slice body = wasm_read_bytes(&p->r, size);
	struct wasm_reader r = { body.p, body.p + body.n, false, NULL };

	switch (wasm_read_byte(&r)) {
	case 1: /* DW_LNE_end_sequence */
		*s = (struct state){ .file = 1, .line = 1 };
		break;
	case 2: /* DW_LNE_set_address */
		set_address(s, &r, body.n - 1);
		break;
	default:
		break;
	}
}

static void standard_opcode(struct reading *g, struct line_program *p,
			    struct state *s, unsigned int op)
{
	struct wasm_reader *r = &p->r;
	unsigned int n;

	switch (op) {
	case 1: /* DW_LNS_copy */
		add_row(g, p, s);
		return;
	case 2: /* DW_LNS_advance_pc */
		s->address += wasm_read_leb(r, 64, false) * p->min_insn;
		return;
	case 3: /* DW_LNS_advance_line */
		s->line += wasm_read_leb(r, 64, true);
		return;
	case 4: /* DW_LNS_set_file */
		s->file = wasm_read_leb(r, 64, false);
		return;
	case 8: /* DW_LNS_const_add_pc */
		s->address += (255 - p->opcode_base) / p->line_range *
			      p->min_insn;
		return;
	case 9: /* DW_LNS_fixed_advance_pc */
		s->address += dwarf_read_fixed(r, 2);
		return;
	case 10: /* DW_LNS_set_prologue_end */
		s->ends_prologue = true;
		return;
	default:
		for (n = p->lengths.p[op - 1]; n && !r->bad; n--)
			wasm_read_leb(r, 64, false);
	}
}

static void run(struct reading *g, struct line_program *p)
{
	struct state s = { .file = 1, .line = 1 };

	while (p->r.p < p->r.end && !p->r.bad && !g->failed) {
		unsigned int op = wasm_read_byte(&p->r);

		if (op >= p->opcode_base) {
			op -= p->opcode_base;
			s.address += op / p->line_range * p->min_insn;
			s.line += (uint64_t)(p->line_base +
					     (int)(op % p->line_range));
			add_row(g, p, &s);
		} else if (op) {
			standard_opcode(g, p, &s, op);
		} else {
			extended_opcode(p, &s);
		}
	}
}

static void free_program(struct line_program *p)
{
	free(p->dirs.name);
	free(p->dirs.dir);
	free(p->files.name);
	free(p->files.dir);
	free(p->interned);
}

static void read_program(struct reading *g, struct wasm_reader r, size_t offset)
{
	struct line_program p = { .offset = offset, .r = r,
				  .comp_dir = comp_dir_of(g, offset) };
	bool is_sane = read_header(g, &p);

	if (is_sane)
		run(g, &p);
	if (is_sane && array_room(&g->out->programs, g->out->nprograms,
				  &g->room_programs, sizeof(p), &g->failed))
		g->out->programs[g->out->nprograms++] = p;
	else
		free_program(&p);
}

/* ---- all of them ------------------------------------------------------ */

static int compare_origins(const void *x, const void *y)
{
	const struct origin *a = x, *b = y;

	return a->program < b->program ? -1 : a->program > b->program;
}

/* The first entry of each unit says where its line program is. */
static void read_origins(struct reading *g)
{
	struct dwarf_unit u;
	struct dwarf_die die;
	size_t offset = 0;

	while (dwarf_unit_begin(&u, &g->d, &offset)) {
		if (dwarf_next(&u, &die) && die.stmt_list.is_set &&
		    array_room(&g->origins, g->norigins, &g->room_origins,
			       sizeof(*g->origins), &g->failed))
			g->origins[g->norigins++] = (struct origin){
				die.stmt_list.u, die.comp_dir.bytes };
	}
	if (g->norigins)
		qsort(g->origins, g->norigins, sizeof(*g->origins),
		      compare_origins);
}

/* Rows of one address stay in the order in which they came: the sort is to be
 * stable. They come in runs that are sorted already. */
static void sort_rows(struct reading *g)
{
	struct line_row *a = g->out->rows, *b, *t;
	size_t n = g->out->nrows, width, i;

	b = malloc((n + 1) * sizeof(*b));
	if (!b) {
		g->failed = true;
		return;
	}
	for (width = 1; width < n; width *= 2) {
		for (i = 0; i < n; i += 2 * width) {
			size_t mid = i + width < n ? i + width : n;
			size_t end = mid + width < n ? mid + width : n;
			size_t x = i, y = mid, k = i;

			while (x < mid || y < end)
				b[k++] = y == end ||
					 (x < mid && a[x].address <=
							     a[y].address) ?
					 a[x++] : a[y++];
		}
		t = a;
		a = b;
		b = t;
	}
	g->out->rows = a;
	free(b);
}

void lines_read(const struct wasm_module *m, struct lines *ret)
{
	struct reading g = { .out = ret };
	struct wasm_reader r;

	memset(ret, 0, sizeof(*ret));
	dwarf_open(&g.d, m);
	read_origins(&g);
	r = dwarf_reader_at(g.d.line, 0);
	while (r.p < r.end && !g.failed && !ret->files.failed) {
		size_t offset = (size_t)(r.p - g.d.line.p);
		struct wasm_slice s;

		s = wasm_read_bytes(&r, dwarf_read_fixed(&r, 4));
		if (r.bad)
			break;
		read_program(&g, (struct wasm_reader){ s.p, s.p + s.n, false,
						       NULL }, offset);
	}
	if (!g.failed)
		sort_rows(&g);
	dwarf_free(&g.d);
	free(g.origins);
	if (g.failed || ret->files.failed)
		lines_free(ret);
}

void lines_free(struct lines *l)
{
	size_t i;

	for (i = 0; i < l->nprograms; i++)
		free_program(&l->programs[i]);
	free(l->programs);
	interned_free(&l->files);
	free(l->rows);
	memset(l, 0, sizeof(*l));
}

size_t lines_find(const struct lines *l, uint32_t address)
{
	size_t lo = 0, hi = l->nrows;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (l->rows[mid].address < address)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}
