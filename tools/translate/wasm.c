// SPDX-License-Identifier: Apache-2.0
/* wasm.c: reads the sections of a module. */
#include <stdlib.h>
#include <string.h>

#include "wasm.h"

static const char *const section_names[WASM_NSECTIONS] = {
	"custom section", "types", "imports", "functions", "tables", "memory",
	"globals", "exports", "start", "elements", "code", "data",
	"data count", "tags"
};

/* Where a section must stand; the ids are not in that order. */
static const uint8_t section_rank[WASM_NSECTIONS] = {
	0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6
};

/* All arrays are sized by counts that the reader bounded by the input size. */
static void *array(struct wasm_reader *r, size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (!p) {
		r->bad = true;
		r->why = "is too big for the memory of this machine";
		r->p = r->end;
	}
	return p;
}

static void reject(struct wasm_reader *r, const char *why)
{
	if (r->bad)
		return;
	r->bad = true;
	r->why = why;
	r->p = r->end;
}

static uint8_t read_valtype(struct wasm_reader *r)
{
	uint8_t t = wasm_read_byte(r);

	if (t == 0x7b)
		reject(r, "uses SIMD; compile it without -msimd128");
	else if (!((t >= WASM_F64 && t <= WASM_I32) || t == 0x70 || t == 0x6f ||
		   t == 0x69))
		reject(r, "uses a type that is not supported");
	return t;
}

static struct wasm_slice read_valtypes(struct wasm_reader *r)
{
	uint32_t n = wasm_read_count(r);
	struct wasm_slice s = { r->p, n };

	if (n > 1000)
		reject(r, "has a function with more than 1000 parameters");
	while (n-- && !r->bad)
		read_valtype(r);
	return s;
}

struct limits {
	uint32_t flags;
	uint64_t min, max;
};

static struct limits read_limits(struct wasm_reader *r)
{
	struct limits l = { .flags = wasm_read_byte(r), .max = UINT32_MAX };

	if (l.flags & 4)
		reject(r, "uses 64-bit memory; only wasm32 is supported");
	else if (l.flags & 8)
		reject(r, "uses custom page sizes");
	else if (l.flags > 3)
		reject(r, NULL);
	l.min = wasm_read_u32(r);
	if (l.flags & 1)
		l.max = wasm_read_u32(r);
	return l;
}

static void read_memory(struct wasm_module *m, struct wasm_reader *r)
{
	struct limits l = read_limits(r);

	if (m->count[WASM_K_MEMORY]++)
		reject(r, "uses more than one memory");
	m->memory_shared = l.flags & 2;
	m->memory_min = (uint32_t)l.min;
	m->memory_max = l.flags & 1 ? (uint32_t)l.max : 65536;
	if (m->memory_min > 65536 || m->memory_max > 65536)
		reject(r, "asks for more than 4 GiB of memory");
}

static void check_table(struct wasm_reader *r, uint64_t size)
{
	if (size > 10000000)
		reject(r, "has a table of more than 10 million entries");
}

static void read_table(struct wasm_module *m, struct wasm_reader *r)
{
	struct limits l;

	read_valtype(r);
	l = read_limits(r);
	check_table(r, l.min);
	m->count[WASM_K_TABLE]++;
}

static void read_global(struct wasm_module *m, struct wasm_reader *r)
{
	struct wasm_global *g = &m->globals[m->count[WASM_K_GLOBAL]++];

	g->type = read_valtype(r);
	g->is_mutable = wasm_read_byte(r) == 1;
}

static uint32_t read_type_index(struct wasm_module *m, struct wasm_reader *r)
{
	uint32_t t = wasm_read_u32(r);

	if (t >= m->ntypes)
		reject(r, NULL);
	return r->bad ? 0 : t;
}

static void read_tag(struct wasm_module *m, struct wasm_reader *r)
{
	wasm_read_byte(r);
	m->tag_types[m->count[WASM_K_TAG]++] = read_type_index(m, r);
}

static void read_types(struct wasm_module *m, struct wasm_reader *r)
{
	uint32_t i, n = wasm_read_count(r);

	m->types = array(r, n, sizeof(*m->types));
	for (i = 0; i < n && !r->bad; i++) {
		if (wasm_read_byte(r) != 0x60)
			reject(r, "uses garbage-collected types");
		m->types[i].params = read_valtypes(r);
		m->types[i].results = read_valtypes(r);
	}
	m->ntypes = r->bad ? 0 : n;
}

static void read_import(struct wasm_module *m, struct wasm_reader *r,
			struct wasm_import *imp)
{
	imp->module = wasm_read_name(r);
	imp->name = wasm_read_name(r);
	imp->desc.p = r->p;
	imp->kind = wasm_read_byte(r);
	if (imp->kind >= WASM_NKINDS) {
		reject(r, NULL);
		return;
	}
	imp->index = m->count[imp->kind];
	switch (imp->kind) {
	case WASM_K_FUNC:
		m->func_types[m->count[WASM_K_FUNC]++] = read_type_index(m, r);
		break;
	case WASM_K_TABLE:
		read_table(m, r);
		break;
	case WASM_K_MEMORY:
		read_memory(m, r);
		break;
	case WASM_K_GLOBAL:
		read_global(m, r);
		break;
	default:
		read_tag(m, r);
	}
	imp->desc.n = (size_t)(r->p - imp->desc.p);
}

static void read_imports(struct wasm_module *m, struct wasm_reader *r)
{
	uint32_t i, n = wasm_read_count(r);

	if (n > 10000)
		reject(r, "has more than 10000 imports");
	m->imports = array(r, n, sizeof(*m->imports));
	for (i = 0; i < n && !r->bad; i++)
		read_import(m, r, &m->imports[i]);
	m->nimports = r->bad ? 0 : n;
	memcpy(m->imported, m->count, sizeof(m->count));
}

static void read_exports(struct wasm_module *m, struct wasm_reader *r)
{
	uint32_t i, n = wasm_read_count(r);

	m->exports = array(r, n, sizeof(*m->exports));
	for (i = 0; i < n && !r->bad; i++) {
		struct wasm_export *e = &m->exports[i];

		e->name = wasm_read_name(r);
		e->kind = wasm_read_byte(r);
		e->index = wasm_read_u32(r);
		if (e->kind >= WASM_NKINDS || e->index >= m->count[e->kind])
			reject(r, NULL);
	}
	m->nexports = r->bad ? 0 : n;
}

static void read_bodies(struct wasm_module *m, struct wasm_reader *r)
{
	uint32_t i, n = wasm_read_count(r);

	if (n != m->count[WASM_K_FUNC] - m->imported[WASM_K_FUNC])
		reject(r, NULL);
	m->bodies = array(r, n, sizeof(*m->bodies));
	for (i = 0; i < n && !r->bad; i++)
		m->bodies[i] = wasm_read_name(r);
	m->nbodies = r->bad ? 0 : n;
}

static void read_data(struct wasm_module *m, struct wasm_reader *r)
{
	uint32_t i, n = wasm_read_count(r);

	m->data = array(r, n, sizeof(*m->data));
	for (i = 0; i < n && !r->bad; i++) {
		struct wasm_data *d = &m->data[i];
		uint32_t mode;

		d->head.p = r->p;
		mode = wasm_read_u32(r);
		if (mode > 2)
			reject(r, NULL);
		if (mode == 2)
			wasm_read_u32(r);
		if (mode != 1)
			d->has_address = wasm_read_const(r, &d->address);
		d->head.n = (size_t)(r->p - d->head.p);
		d->bytes = wasm_read_name(r);
	}
	m->ndata = r->bad ? 0 : n;
}

static void read_section(struct wasm_module *m, unsigned int id,
			 struct wasm_reader *r)
{
	uint32_t n;

	switch (id) {
	case WASM_TYPE:
		read_types(m, r);
		return;
	case WASM_IMPORT:
		read_imports(m, r);
		return;
	case WASM_FUNCTION:
		for (n = wasm_read_count(r); n && !r->bad; n--)
			m->func_types[m->count[WASM_K_FUNC]++] =
				read_type_index(m, r);
		return;
	case WASM_MEMORY:
		if (wasm_read_count(r))
			reject(r, "has a memory of its own; link it with "
				  "--import-memory");
		return;
	case WASM_TAG:
		for (n = wasm_read_count(r); n && !r->bad; n--)
			read_tag(m, r);
		return;
	case WASM_GLOBAL:
		for (n = wasm_read_count(r); n && !r->bad; n--) {
			uint32_t ignored;

			read_global(m, r);
			wasm_read_const(r, &ignored);
		}
		return;
	case WASM_EXPORT:
		read_exports(m, r);
		return;
	case WASM_START:
		m->start = wasm_read_u32(r);
		m->has_start = true;
		return;
	case WASM_CODE:
		read_bodies(m, r);
		return;
	case WASM_DATA:
		read_data(m, r);
		return;
	case WASM_TABLE:
		for (n = wasm_read_count(r); n && !r->bad; n--) {
			if (r->p < r->end && *r->p == 0x40)
				reject(r, "has tables with initial values");
			read_table(m, r);
		}
		return;
	default: /* elements and data count are copied as they are */
		r->p = r->end;
	}
}

/* Names are only good for backtraces: a damaged section is just ignored. */
static void read_names(struct wasm_module *m, struct wasm_reader r)
{
	while (r.p < r.end && !r.bad) {
		unsigned int id = wasm_read_byte(&r);
		struct wasm_slice s = wasm_read_name(&r);
		struct wasm_reader sub = { s.p, s.p + s.n, false, NULL };
		uint32_t n;

		if (id != 1)
			continue;
		for (n = wasm_read_count(&sub); n && !sub.bad; n--) {
			uint32_t index = wasm_read_u32(&sub);
			struct wasm_slice name = wasm_read_name(&sub);

			if (!sub.bad && index < m->count[WASM_K_FUNC] && name.n)
				m->func_names[index] = name;
		}
	}
}

static void read_dylink(struct wasm_module *m, struct wasm_reader *r)
{
	while (r->p < r->end && !r->bad) {
		unsigned int id = wasm_read_byte(r);
		struct wasm_slice s = wasm_read_name(r);
		struct wasm_reader sub = { s.p, s.p + s.n, false, NULL };

		if (id == 1) {
			sub.bad |= m->has_dylink;
			m->has_dylink = true;
			m->mem_size = wasm_read_u32(&sub);
			m->mem_align = wasm_read_u32(&sub);
			m->table_size = wasm_read_u32(&sub);
			m->table_align = wasm_read_u32(&sub);
			if (m->mem_align > 31 || m->table_align > 31)
				sub.bad = true;
			check_table(r, m->table_size);
		} else if (id == 2 && wasm_read_count(&sub)) {
			reject(r, "needs shared libraries; link it statically");
		}
		r->bad |= sub.bad;
	}
}

/* False: dylink.0 is not where tool-conventions' DynamicLinking.md wants it. */
static bool note_custom(struct wasm_slice s, bool is_first,
			struct wasm_slice *names, struct wasm_slice *dylink)
{
	struct wasm_reader c = { s.p, s.p + s.n, false, NULL };
	struct wasm_slice name = wasm_read_name(&c);
	struct wasm_slice rest = { c.p, (size_t)(c.end - c.p) };

	if (wasm_slice_is(name, "name"))
		*names = rest;
	if (!wasm_slice_is(name, "dylink.0"))
		return true;
	*dylink = rest;
	return is_first;
}

/* One pass over the section headers, before anything is allocated by count. */
static int find_sections(struct wasm_module *m, struct wasm_reader *r,
			 struct wasm_slice *names, struct wasm_slice *dylink,
			 struct failure *failure)
{
	const uint8_t *first = r->p;
	unsigned int rank = 0;

	while (r->p < r->end) {
		bool is_first = r->p == first;
		unsigned int id = wasm_read_byte(r);
		struct wasm_slice s = wasm_read_name(r);

		if (r->bad)
			return wasm_reader_fail(r, "section header", failure);
		if (id == WASM_CUSTOM) {
			if (!note_custom(s, is_first, names, dylink))
				return failure_set(failure, FAIL_INPUT,
						   "it is damaged (dylink.0 is "
						   "not its first section)");
			continue;
		}
		if (id >= WASM_NSECTIONS || section_rank[id] <= rank)
			return failure_set(failure, FAIL_INPUT,
					   "it is damaged (section %u is not "
					   "where it should be)", id);
		rank = section_rank[id];
		m->section[id] = s;
		m->order[m->nsections++] = id;
	}
	return 0;
}

static int allocate_spaces(struct wasm_module *m, size_t n,
			   struct failure *failure)
{
	/* Each function, global and tag takes at least two bytes of the
	 * input; index spaces are made of two sections. */
	struct wasm_reader r = { 0 };
	size_t most = m->section[WASM_IMPORT].n + 1;

	(void)n;
	m->func_types = array(&r, most + m->section[WASM_FUNCTION].n,
			      sizeof(*m->func_types));
	m->globals = array(&r, most + m->section[WASM_GLOBAL].n,
			   sizeof(*m->globals));
	m->tag_types = array(&r, most + m->section[WASM_TAG].n,
			     sizeof(*m->tag_types));
	return r.bad ? failure_set(failure, FAIL_HOST, "out of memory") : 0;
}

int wasm_module_read(struct wasm_module *m, const void *bytes, size_t n,
		     struct failure *failure)
{
	static const uint8_t magic[] = { 0, 'a', 's', 'm', 1, 0, 0, 0 };
	const uint8_t *p = bytes;
	struct wasm_reader r = { p + 8, p + n, false, NULL };
	struct wasm_slice names = { 0 }, dylink = { 0 };
	uint32_t i;

	memset(m, 0, sizeof(*m));
	m->bytes = (struct wasm_slice){ p, n };
	if (n < sizeof(magic) || memcmp(p, magic, sizeof(magic)))
		return failure_set(failure, FAIL_INPUT,
				   "it is not a WebAssembly module");
	if (find_sections(m, &r, &names, &dylink, failure) ||
	    allocate_spaces(m, n, failure))
		return -1;
	for (i = 0; i < m->nsections; i++) {
		struct wasm_slice s = m->section[m->order[i]];

		r = (struct wasm_reader){ s.p, s.p + s.n, false, NULL };
		read_section(m, m->order[i], &r);
		if (r.bad || r.p != r.end)
			return wasm_reader_fail(&r, section_names[m->order[i]],
						failure);
	}
	if (m->count[WASM_K_FUNC] - m->imported[WASM_K_FUNC] != m->nbodies ||
	    (m->has_start && m->start >= m->count[WASM_K_FUNC]))
		return wasm_reader_fail(&r, "functions", failure);
	m->nglobals = m->count[WASM_K_GLOBAL];
	m->func_names = array(&r, m->count[WASM_K_FUNC],
			      sizeof(*m->func_names));
	if (!m->func_names)
		return failure_set(failure, FAIL_HOST, "out of memory");
	if (names.p)
		read_names(m, (struct wasm_reader){ names.p, names.p + names.n,
						    false, NULL });
	if (dylink.p) {
		r = (struct wasm_reader){ dylink.p, dylink.p + dylink.n, false,
					  NULL };
		read_dylink(m, &r);
		if (r.bad)
			return wasm_reader_fail(&r, "dylink.0", failure);
	}
	return 0;
}

struct wasm_slice wasm_custom_section(const struct wasm_module *m,
				      const char *name)
{
	struct wasm_reader r = { m->bytes.p + 8, m->bytes.p + m->bytes.n, false,
				 NULL };

	while (r.p < r.end && !r.bad) {
		unsigned int id = wasm_read_byte(&r);
		struct wasm_slice s = wasm_read_name(&r);
		struct wasm_reader c = { s.p, s.p + s.n, false, NULL };

		if (id == WASM_CUSTOM && wasm_slice_is(wasm_read_name(&c), name))
			return (struct wasm_slice){ c.p,
						    (size_t)(c.end - c.p) };
	}
	return (struct wasm_slice){ NULL, 0 };
}

void wasm_module_free(struct wasm_module *m)
{
	free(m->types);
	free(m->imports);
	free(m->exports);
	free(m->globals);
	free(m->data);
	free(m->bodies);
	free(m->func_names);
	free(m->func_types);
	free(m->tag_types);
	memset(m, 0, sizeof(*m));
}

struct wasm_slice wasm_params(const struct wasm_module *m, uint32_t body)
{
	return m->types[m->func_types[body + m->imported[WASM_K_FUNC]]].params;
}

unsigned int wasm_local_type(const struct wasm_module *m, uint32_t body, uint64_t n)
{
	struct wasm_slice params = wasm_params(m, body), s = m->bodies[body];
	struct wasm_reader r = { s.p, s.p + s.n, false, NULL };
	uint32_t groups;

	if (n < params.n)
		return params.p[n];
	n -= params.n;
	for (groups = wasm_read_count(&r); groups && !r.bad; groups--) {
		uint32_t count = wasm_read_u32(&r);
		unsigned int type = wasm_read_byte(&r);

		if (n < count)
			return r.bad ? 0 : type;
		n -= count;
	}
	return 0;
}

uint32_t wasm_find_body(const struct wasm_module *m, uint64_t offset)
{
	const uint8_t *code = m->section[WASM_CODE].p;
	uint32_t lo = 0, hi = m->nbodies;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if ((uint64_t)(m->bodies[mid].p - code) < offset)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < m->nbodies && (uint64_t)(m->bodies[lo].p - code) == offset ?
		       lo : UINT32_MAX;
}
