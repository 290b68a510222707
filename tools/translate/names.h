/* SPDX-License-Identifier: Apache-2.0 */
/* names.h: what functions and imports are called in the shared object. */
#ifndef TRANSLATE_NAMES_H
#define TRANSLATE_NAMES_H

#include "buffer.h"
#include "wasm.h"

/*
 * One unique symbol per function that the module defines, by function index:
 * its name in the module's name section, else one under which it is exported,
 * else func[N]. Names that mean something else in the shared object get the
 * suffix ".guest", further functions of one name ".1", ".2" and so on.
 * NULL when there is no memory. Free with names_free().
 */
char **names_of_functions(const struct wasm_module *m);
void names_free(char **names, const struct wasm_module *m);

/* w2c_MODULE_NAME with both escaped as wasm2c does: what the runner defines. */
void names_put_import(struct buffer *b, const struct wasm_import *import);

#endif
