// SPDX-License-Identifier: Apache-2.0
/* describe.c: writes the module's struct guest_module as C. */
#include <stdlib.h>
#include <string.h>

#include "finish.h"
#include "names.h"

static char type_letter(uint8_t type)
{
	switch (type) {
	case WASM_I32: return 'i';
	case WASM_I64: return 'j';
	case WASM_F32: return 'f';
	case WASM_F64: return 'd';
	case 0x70: return 'r';
	default: return 'e';
	}
}

static void put_types(struct buffer *out, struct wasm_slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		buffer_byte(out, (uint8_t)type_letter(s.p[i]));
}

/* The type string of guest_module.h, with quotes. */
static void put_type(struct buffer *out, const struct wasm_module *m,
		     enum wasm_kind kind, uint32_t index)
{
	const struct wasm_functype *t = NULL;

	buffer_byte(out, '"');
	if (kind == WASM_K_FUNC)
		t = &m->types[m->func_types[index]];
	else if (kind == WASM_K_TAG)
		t = &m->types[m->tag_types[index]];
	if (t) {
		put_types(out, t->results);
		buffer_byte(out, ':');
		put_types(out, t->params);
	} else if (kind == WASM_K_GLOBAL) {
		buffer_byte(out, (uint8_t)type_letter(m->globals[index].type));
		if (m->globals[index].is_mutable)
			buffer_byte(out, 'm');
	}
	buffer_byte(out, '"');
}

static const char *const kinds[WASM_NKINDS] = {
	"GUEST_FUNC", "GUEST_TABLE", "GUEST_MEMORY", "GUEST_GLOBAL", "GUEST_TAG"
};

/* The type that an imported or own function has in C. */
static void put_c_type(struct buffer *out, uint8_t type)
{
	static const char *const names[] = { "f64", "f32", "u64", "u32" };

	if (type >= WASM_F64)
		buffer_text(out, names[type - WASM_F64]);
	else
		buffer_text(out, type == 0x70 ? "wasm_rt_funcref_t" :
			    type == 0x6f ? "wasm_rt_externref_t" :
			    "wasm_rt_exnref_t");
}

static void put_result_type(struct buffer *out, struct wasm_slice results)
{
	size_t i;

	if (!results.n) {
		buffer_text(out, "void");
	} else if (results.n == 1) {
		put_c_type(out, results.p[0]);
	} else {
		/* wasm2c's letters are those of type_letter(), but for
		 * references (r: funcref, e: externref, x: exnref). */
		buffer_text(out, "struct wasm_multi_");
		for (i = 0; i < results.n; i++)
			buffer_byte(out, results.p[i] == 0x69 ? 'x' :
				    (uint8_t)type_letter(results.p[i]));
	}
}

/* Is this the first import of that name? */
static bool is_first(const struct wasm_module *m, uint32_t i)
{
	const struct wasm_import *a = &m->imports[i], *b = m->imports;

	for (; b < a; b++)
		if (a->name.n == b->name.n && a->module.n == b->module.n &&
		    !memcmp(a->name.p, b->name.p, a->name.n) &&
		    !memcmp(a->module.p, b->module.p, a->module.n))
			return false;
	return true;
}

/* Used when the runner has no such function, so that loading succeeds and the
 * runner can say what is missing. */
static void put_stub(struct buffer *out, const struct wasm_module *m,
		     uint32_t n)
{
	const struct wasm_import *imp = &m->imports[n];
	const struct wasm_functype *t;
	size_t i;

	if (imp->kind == WASM_K_TAG) {
		buffer_printf(out, "static const char guest_tag_%u;\n"
			      "const wasm_rt_tag_t w2c_env_i%u = "
			      "&guest_tag_%u;\n", n, n, n);
		return;
	}
	if (!is_first(m, n))
		return;
	buffer_text(out, "__attribute__((weak)) ");
	if (imp->kind != WASM_K_FUNC) {
		if (imp->kind == WASM_K_MEMORY)
			buffer_text(out, "wasm_rt_shared_memory_t");
		else if (imp->kind == WASM_K_GLOBAL)
			put_c_type(out, m->globals[imp->index].type);
		else
			buffer_text(out, imp->desc.p[1] == 0x70 ?
				    "wasm_rt_funcref_table_t" :
				    "wasm_rt_externref_table_t");
		buffer_printf(out, " *w2c_env_i%u(struct w2c_env *env)\n"
			      "{ return NULL; }\n", n);
		return;
	}
	t = &m->types[m->func_types[imp->index]];
	put_result_type(out, t->results);
	buffer_printf(out, " w2c_env_i%u(struct w2c_env *env", n);
	for (i = 0; i < t->params.n; i++) {
		buffer_text(out, ", ");
		put_c_type(out, t->params.p[i]);
		buffer_printf(out, " p%zu", i);
	}
	buffer_text(out, ")\n{ ");
	if (t->results.n == 1 && t->results.p[0] >= WASM_F64) {
		buffer_text(out, "return -38; }\n");
	} else if (t->results.n) {
		buffer_text(out, "return (");
		put_result_type(out, t->results);
		buffer_text(out, "){ 0 }; }\n");
	} else {
		buffer_text(out, "}\n");
	}
}

static const struct {
	const char *name, *type, *declaration, *definition;
} helpers[PREPARE_NHELPERS] = {
	[PREPARE_NOTIFY] = {
		"wasm_ext_notify", "i:ii",
		"(struct w2c_env *env, u32 a, u32 n)",
		"(w2c_guest *instance, u32 a, u32 n, u32 offset)\n"
		"{\n"
		"  if ((a + offset) & 3) TRAP(UNALIGNED);\n"
		"  return wasm_ext_notify(instance->env, a + offset, n);\n"
		"}\n" },
	[PREPARE_WAIT32] = {
		"wasm_ext_wait32", "i:iij",
		"(struct w2c_env *env, u32 a, u32 expected, u64 timeout)",
		"(w2c_guest *instance, u32 a, u32 expected, u64 timeout, "
		"u32 offset)\n"
		"{\n"
		"  if ((a + offset) & 3) TRAP(UNALIGNED);\n"
		"  return wasm_ext_wait32(instance->env, a + offset, "
		"expected, timeout);\n"
		"}\n" },
	[PREPARE_WAIT64] = {
		"wasm_ext_wait64", "i:ijj",
		"(struct w2c_env *env, u32 a, u64 expected, u64 timeout)",
		"(w2c_guest *instance, u32 a, u64 expected, u64 timeout, "
		"u32 offset)\n"
		"{\n"
		"  if ((a + offset) & 7) TRAP(UNALIGNED);\n"
		"  return wasm_ext_wait64(instance->env, a + offset, "
		"expected, timeout);\n"
		"}\n" },
};

static void put_helpers(struct buffer *out, const struct prepared *p)
{
	unsigned int i;

	for (i = 0; i < PREPARE_NHELPERS; i++) {
		if (!p->helper[i])
			continue;
		buffer_printf(out, "u32 %s%s GUEST_IMPORT(\"host_%s\");\n",
			      helpers[i].name, helpers[i].declaration,
			      helpers[i].name);
		buffer_printf(out, "__attribute__((weak)) u32 %s%s "
			      "{ return -38; }\n",
			      helpers[i].name, helpers[i].declaration);
		buffer_printf(out, "u32 w2c_" FINISH_NAME "_f%u%s",
			      p->helper[i], helpers[i].definition);
	}
}

static bool imports_helper(const struct wasm_module *m, unsigned int h)
{
	uint32_t i;

	for (i = 0; i < m->nimports; i++)
		if (wasm_slice_is(m->imports[i].module, "env") &&
		    wasm_slice_is(m->imports[i].name, helpers[h].name))
			return true;
	return false;
}

static uint32_t put_imports(struct buffer *out, const struct wasm_module *m,
			    const struct prepared *p)
{
	uint32_t i, n = 0;

	buffer_text(out, "static const struct guest_import "
		    "guest_imports[] = {\n");
	for (i = 0; i < m->nimports; i++) {
		const struct wasm_import *imp = &m->imports[i];

		buffer_text(out, "  { ");
		buffer_c_string(out, imp->module.p, imp->module.n);
		buffer_text(out, ", ");
		buffer_c_string(out, imp->name.p, imp->name.n);
		buffer_printf(out, ", %s, ", kinds[imp->kind]);
		put_type(out, m, imp->kind, imp->index);
		buffer_text(out, " },\n");
		n++;
	}
	for (i = 0; i < PREPARE_NHELPERS; i++) {
		if (!p->helper[i] || imports_helper(m, i))
			continue;
		buffer_printf(out, "  { \"env\", \"%s\", GUEST_FUNC, \"%s\" },"
			      "\n", helpers[i].name, helpers[i].type);
		n++;
	}
	buffer_text(out, "  { 0 }\n};\n");
	return n;
}

static int compare_exports(const void *x, const void *y)
{
	const struct wasm_export *a = x, *b = y;
	size_t n = a->name.n < b->name.n ? a->name.n : b->name.n;
	int c = memcmp(a->name.p, b->name.p, n);

	return c ? c : a->name.n < b->name.n ? -1 : a->name.n > b->name.n;
}

/* The number of the import that is entry `index` of an index space. */
static uint32_t import_number(const struct wasm_module *m,
			      enum wasm_kind kind, uint32_t index)
{
	uint32_t i;

	for (i = 0; i < m->nimports; i++)
		if (m->imports[i].kind == kind && m->imports[i].index == index)
			break;
	return i;
}

static void put_export(struct buffer *out, const struct wasm_module *m,
		       const struct wasm_export *e)
{
	bool imported = e->index < m->imported[e->kind];
	char letter = e->kind == WASM_K_GLOBAL ? 'g' : 'T';

	buffer_text(out, "  { ");
	buffer_c_string(out, e->name.p, e->name.n);
	buffer_printf(out, ", %s, ", kinds[e->kind]);
	put_type(out, m, e->kind, e->index);
	if (e->kind == WASM_K_TAG)
		buffer_text(out, ", NULL, 0, 0 },\n");
	else if (e->kind == WASM_K_FUNC && imported)
		buffer_printf(out, ", (void (*)(void))module_import_%u, "
			      "0, 0 },\n", e->index);
	else if (e->kind == WASM_K_FUNC)
		buffer_printf(out, ", (void (*)(void))w2c_" FINISH_NAME
			      "_f%u, 0, 0 },\n", e->index);
	else if (imported)
		buffer_printf(out, ", NULL, offsetof(w2c_" FINISH_NAME
			      ", w2c_env_i%u), 1 },\n",
			      import_number(m, e->kind, e->index));
	else
		buffer_printf(out, ", NULL, offsetof(w2c_" FINISH_NAME
			      ", w2c_%c%u), 0 },\n", letter, e->index);
}

/* An exported import is called with the instance, too. */
static void put_reexports(struct buffer *out, const struct wasm_module *m)
{
	bool *done = calloc(m->imported[WASM_K_FUNC] + 1, 1);
	uint32_t i;
	size_t k;

	out->failed |= !done;
	for (i = 0; done && i < m->nexports; i++) {
		const struct wasm_export *e = &m->exports[i];
		const struct wasm_functype *t;

		if (e->kind != WASM_K_FUNC ||
		    e->index >= m->imported[WASM_K_FUNC] || done[e->index])
			continue;
		done[e->index] = true;
		t = &m->types[m->func_types[e->index]];
		buffer_text(out, "static ");
		put_result_type(out, t->results);
		buffer_printf(out, " module_import_%u(w2c_" FINISH_NAME
			      " *instance", e->index);
		for (k = 0; k < t->params.n; k++) {
			buffer_text(out, ", ");
			put_c_type(out, t->params.p[k]);
			buffer_printf(out, " p%zu", k);
		}
		buffer_printf(out, ")\n{ return w2c_env_i%u("
			      "instance->w2c_env_instance",
			      import_number(m, WASM_K_FUNC, e->index));
		for (k = 0; k < t->params.n; k++)
			buffer_printf(out, ", p%zu", k);
		buffer_text(out, "); }\n");
	}
	free(done);
}

static uint32_t put_exports(struct buffer *out, const struct wasm_module *m)
{
	struct wasm_export *sorted = calloc(m->nexports + 1, sizeof(*sorted));
	uint32_t i, n = 0;

	out->failed |= !sorted;
	if (!sorted)
		return 0;
	if (m->nexports)
		memcpy(sorted, m->exports, m->nexports * sizeof(*sorted));
	qsort(sorted, m->nexports, sizeof(*sorted), compare_exports);
	put_reexports(out, m);
	buffer_text(out, "static const struct guest_export "
		    "guest_exports[] = {\n");
	for (i = 0; i < m->nexports; i++) {
		/* A name with a NUL cannot be asked for. */
		if (memchr(sorted[i].name.p, 0, sorted[i].name.n))
			continue;
		put_export(out, m, &sorted[i]);
		n++;
	}
	buffer_text(out, "  { 0 }\n};\n");
	free(sorted);
	return n;
}

void describe_segments(struct buffer *out, const struct wasm_module *m)
{
	uint32_t i;

	for (i = 0; i < m->ndata; i++)
		buffer_printf(out, "#define data_segment_data_w2c_" FINISH_NAME
			      "_d%u_size %zuu\n", i, m->data[i].bytes.n);
}

static void put_segments(struct buffer *out, const struct wasm_module *m)
{
	size_t offset = 0;
	uint32_t i;

	for (i = 0; i < m->ndata; i++) {
		buffer_printf(out, "__asm__(\".section .rodata,\\\"a\\\"\\n"
			      ".hidden data_segment_data_w2c_" FINISH_NAME
			      "_d%u\\n.globl data_segment_data_w2c_" FINISH_NAME
			      "_d%u\\ndata_segment_data_w2c_" FINISH_NAME
			      "_d%u:\\n", i, i, i);
		/* .incbin takes a length of zero for "all of it". */
		if (m->data[i].bytes.n)
			buffer_printf(out, ".incbin \\\"data.bin\\\", "
				      "%zu, %zu\\n", offset,
				      m->data[i].bytes.n);
		buffer_text(out, ".text\\n\");\n");
		offset += m->data[i].bytes.n;
	}
}

void describe_module(struct buffer *out, const struct wasm_module *m,
		     const struct prepared *p, bool has_import_function)
{
	const char *env = m->nimports ? ", env" : "";
	uint32_t i, nimports, nexports;

	buffer_text(out, "\n#include \"guest_module.h\"\n");
	for (i = 0; i < m->nimports; i++)
		put_stub(out, m, i);
	put_helpers(out, p);
	put_segments(out, m);
	nimports = put_imports(out, m, p);
	nexports = put_exports(out, m);
	buffer_printf(out,
		"extern const char guest_text_start[], guest_text_end[];\n"
		"/* Filled after linking, see symbols.h. */\n"
		"const struct guest_function guest_functions[%u] = { 0 };\n"
		"static void module_import(void *instance, void *env)\n"
		"{\n"
		"  ((w2c_" FINISH_NAME " *)instance)->env = env;\n"
		"  %s\n"
		"}\n"
		"static void module_instantiate(void *instance, void *env)\n"
		"{\n"
		"  guest_rt_fill(instance, 0, sizeof(w2c_" FINISH_NAME "));\n"
		"  ((w2c_" FINISH_NAME " *)instance)->env = env;\n"
		"  wasm2c_" FINISH_NAME "_instantiate(instance%s);\n"
		"}\n"
		"__attribute__((visibility(\"default\")))\n"
		"const struct guest_module guest_module = {\n"
		"  .abi = GUEST_MODULE_ABI,\n"
		"  .instance_size = sizeof(w2c_" FINISH_NAME "),\n"
		"  .exception = __builtin_offsetof(w2c_" FINISH_NAME ", exception),\n"
		"  .exception_size = sizeof(struct guest_exception),\n"
		"  .imports = guest_imports, .exports = guest_exports,\n"
		"  .nimports = %u, .nexports = %u,\n"
		"  .memory_min = %u, .memory_max = %u, .data_low = %uu,\n"
		"  .has_dylink = %d, .mem_size = %uu, .mem_align = %u,\n"
		"  .table_size = %u, .table_align = %u,\n"
		"  .import = module_import,\n"
		"  .instantiate = module_instantiate,\n"
		"  .text_start = guest_text_start,\n"
		"  .text_end = guest_text_end,\n"
		"  .functions = guest_functions, .nfunctions = %u,\n"
		"};\n",
		m->nbodies + 1, has_import_function ? "init_instance_import(instance, env);"
				    : "",
		env, nimports, nexports, m->memory_min, m->memory_max,
		p->data_low, m->has_dylink, m->mem_size, m->mem_align,
		m->table_size, m->table_align, m->nbodies);
}
