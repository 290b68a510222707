/* SPDX-License-Identifier: Apache-2.0 */
/*
 * symbols.h: gives the functions of a linked module their names.
 *
 * In C a function is w2c_guest_fN, with so many underscores behind it that its own
 * name is not longer: C knows neither two functions of one name nor some of the
 * names there are. In the shared object, its symbol is overwritten. So names need not
 * be unique, and the compiler never takes a function of the guest for one of the C
 * library. What debuggers call it: metadata.h.
 */
#ifndef TRANSLATE_SYMBOLS_H
#define TRANSLATE_SYMBOLS_H

#include "buffer.h"
#include "wasm.h"

/* The underscores for function n of that name. */
void symbols_put_padding(struct buffer *out, uint32_t n, const char *name);

/*
 * In dir/so, which lld made: names are those of names.h; fills the table of struct
 * guest_function. 0, or -1 and *failure.
 */
int symbols_finish(const char *dir, const char *so, const struct wasm_module *m,
		   char **names, struct failure *failure);

#endif
