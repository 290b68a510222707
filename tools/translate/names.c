// SPDX-License-Identifier: Apache-2.0
/* names.c: what functions and imports are called in the shared object. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

/* Can it be an assembler's label? '@' would start a symbol's version. */
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
	name = malloc(s.n + 1);
	if (!name)
		return NULL;
	memcpy(name, s.p, s.n);
	name[s.n] = 0;
	return name;
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
	uint32_t i, total = m->count[WASM_K_FUNC];
	struct wasm_slice *exported = exported_names(m);
	char **names = calloc(total + 1, sizeof(*names));
	bool ok = exported && names;

	for (i = m->imported[WASM_K_FUNC]; ok && i < total; i++) {
		names[i] = plain_name(m, i, exported[i]);
		ok = names[i] != NULL;
	}
	free(exported);
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

void names_put_import(struct buffer *b, const struct wasm_module *m,
		      uint32_t n)
{
	const struct wasm_import *i = &m->imports[n];

	if (!wasm_slice_is(i->module, "env") || !is_usable(i->name)) {
		buffer_printf(b, "host.import[%u]", n);
		return;
	}
	buffer_text(b, "host_");
	buffer_put(b, i->name.p, i->name.n);
}
