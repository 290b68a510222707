// SPDX-License-Identifier: Apache-2.0
/* names.c: what functions and imports are called in the shared object. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

/* Names that the linker, the loader, the compiler or guest_rt.c use. */
static const char *const reserved[] = {
	"_DYNAMIC", "_GLOBAL_OFFSET_TABLE_", "__bss_start", "__dso_handle",
	"__ehdr_start", "__executable_start", "__fini_array_end",
	"__fini_array_start", "__init_array_end", "__init_array_start",
	"__preinit_array_end", "__preinit_array_start", "__rela_iplt_end",
	"__rela_iplt_start", "__tls_get_addr", "_edata", "_end", "_etext",
	"_fini", "_init", "bcmp", "bzero", "edata", "end", "etext", "memchr",
	"memcmp", "memcpy", "memmove", "mempcpy", "memset", "strlen",
};

static const char *const reserved_prefixes[] = {
	"w2c_", "wasm2c_", "wasm_rt_", "guest_", "data_segment_",
	"elem_segment_", "init_", "wrap_", "module_", "__start_", "__stop_",
	"__stack_chk", "__llvm", "llvm.",
};

static bool is_reserved(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (!strcmp(name, reserved[i]))
			return true;
	for (i = 0; i < sizeof(reserved_prefixes) / sizeof(char *); i++)
		if (!strncmp(name, reserved_prefixes[i],
			     strlen(reserved_prefixes[i])))
			return true;
	return false;
}

/* What an assembler label may hold; '@' would start a symbol version. */
static bool is_usable(struct wasm_slice s)
{
	size_t i;

	if (!s.n || s.n > 1000)
		return false;
	for (i = 0; i < s.n; i++)
		if (!isgraph(s.p[i]) || (!i && s.p[i] == '.') || strchr("\"\\@?", s.p[i]))
			return false;
	return true;
}

struct entry {
	const char *name;
	uint32_t index;
};

static int compare(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;
	int c = strcmp(a->name, b->name);

	return c ? c : a->index < b->index ? -1 : a->index > b->index;
}

static char *plain_name(const struct wasm_module *m, uint32_t i,
			struct wasm_slice exported)
{
	struct wasm_slice s = m->func_names[i];
	char *name = NULL;

	/* .L would make it a label that only one file knows. */
	for (; s.n && *s.p == '.'; s.n--)
		s.p++;
	if (!is_usable(s))
		s = exported;
	if (!is_usable(s)) {
		if (asprintf(&name, "func[%u]", i) < 0)
			return NULL;
		return name;
	}
	name = malloc(s.n + sizeof(".guest"));
	if (!name)
		return NULL;
	memcpy(name, s.p, s.n);
	name[s.n] = 0;
	if (is_reserved(name))
		strcat(name, ".guest");
	return name;
}

/*
 * Numbers duplicates. A numbered name may itself be taken ("f.1" of an LTO
 * build), so it is looked up among all plain names; numbers rise, so that two
 * numbered ones of the same name never meet.
 */
static bool number_duplicates(struct entry *all, uint32_t n, char **names)
{
	uint32_t i, number = 1;

	for (i = 1; i < n; i++) {
		struct entry key;
		char *numbered;

		if (strcmp(all[i].name, all[i - 1].name)) {
			number = 1;
			continue;
		}
		do {
			if (asprintf(&numbered, "%s.%u", all[i].name,
				     number++) < 0)
				return false;
			key = (struct entry){ numbered, 0 };
			/* index 0 sorts before any function of that name */
			uint32_t lo = 0, hi = n;

			while (lo < hi) {
				uint32_t mid = (lo + hi) / 2;

				if (strcmp(all[mid].name, key.name) < 0)
					lo = mid + 1;
				else
					hi = mid;
			}
			if (lo == n || strcmp(all[lo].name, numbered))
				break;
			free(numbered);
		} while (true);
		names[all[i].index] = numbered;
	}
	return true;
}

static struct wasm_slice *exported_names(const struct wasm_module *m)
{
	struct wasm_slice *names = calloc(m->count[WASM_K_FUNC] + 1,
					  sizeof(*names));
	uint32_t i;

	for (i = m->nexports; names && i-- > 0;)
		if (m->exports[i].kind == WASM_K_FUNC)
			names[m->exports[i].index] = m->exports[i].name;
	return names;
}

char **names_of_functions(const struct wasm_module *m)
{
	uint32_t i, first = m->imported[WASM_K_FUNC];
	uint32_t total = m->count[WASM_K_FUNC];
	struct wasm_slice *exported = exported_names(m);
	struct entry *all = calloc(total + 1, sizeof(*all));
	char **plain = calloc(total + 1, sizeof(*plain));
	char **names = calloc(total + 1, sizeof(*names));
	bool ok = exported && all && plain && names;

	for (i = first; ok && i < total; i++) {
		plain[i] = plain_name(m, i, exported[i]);
		ok = plain[i] != NULL;
		all[i - first] = (struct entry){ plain[i], i };
	}
	if (ok) {
		qsort(all, total - first, sizeof(*all), compare);
		ok = number_duplicates(all, total - first, names);
	}
	for (i = first; plain && names && i < total; i++) {
		if (names[i])
			free(plain[i]);
		else
			names[i] = plain[i];
	}
	free(exported);
	free(all);
	free(plain);
	if (ok)
		return names;
	names_free(names, m);
	return NULL;
}

void names_free(char **names, const struct wasm_module *m)
{
	uint32_t i;

	for (i = 0; names && i < m->count[WASM_K_FUNC]; i++)
		free(names[i]);
	free(names);
}

/* wasm2c's rule, found by trying: letters and digits stay, and so does '_'
 * unless it is the first or the last or follows one that stayed. */
static void put_escaped(struct buffer *b, struct wasm_slice s)
{
	bool after_underscore = false;
	size_t i;

	for (i = 0; i < s.n; i++) {
		bool keep = isalnum(s.p[i]) && s.p[i] < 128;

		if (s.p[i] == '_')
			keep = i && i + 1 < s.n && !after_underscore;
		after_underscore = keep && s.p[i] == '_';
		if (keep)
			buffer_byte(b, s.p[i]);
		else
			buffer_printf(b, "0x%02X", s.p[i]);
	}
}

void names_put_import(struct buffer *b, const struct wasm_import *import)
{
	buffer_text(b, "w2c_");
	put_escaped(b, import->module);
	buffer_byte(b, '_');
	put_escaped(b, import->name);
}
