/* SPDX-License-Identifier: Apache-2.0 */
/* names.h: what functions and imports are called in the shared object. */
#ifndef TRANSLATE_NAMES_H
#define TRANSLATE_NAMES_H

#include "buffer.h"
#include "wasm.h"

/*
 * The name of each function that the module defines, by function index: that
 * in its name section, else one under which it is exported, else func[N].
 * They need not differ. NULL when there is no memory. Free with names_free().
 */
char **names_of_functions(const struct wasm_module *m);
void names_free(char **names, const struct wasm_module *m);

/* The symbol of import n: host_NAME, which the runner defines or does not, or
 * what nobody defines when it is not from env or has a strange name. */
void names_put_import(struct buffer *b, const struct wasm_module *m,
		      uint32_t n);

#endif
