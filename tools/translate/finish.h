/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finish.h: makes of wasm2c's output the C that we compile.
 *
 * wasm2c wrote guest.h, guest-impl.h and guest_0.c .. guest_N.c into a
 * directory; they are changed in place: its template is cut out in favour of
 * guest_ops.h, mutable globals become volatile, functions get names that
 * symbols.c can overwrite, the table of functions points at the functions themselves. What
 * describes the module to the runner (guest_module.h) is added to guest_0.c.
 * The text is wasm2c's, made from input that has numbers for names, so it is
 * matched by line; what does not match makes the compiler fail, not the guest.
 */
#ifndef TRANSLATE_FINISH_H
#define TRANSLATE_FINISH_H

#include "prepare.h"

#define FINISH_NAME "guest" /* wasm2c's --module-name and output name */
/* A file of this size gets nothing more of what debuggers and setjmp() can do without:
 * a few bytes of a module may lead to much text. */
#define FINISH_MAX_TEXT ((size_t)256 << 20)

/* dir: where the files are; outputs: number of guest_N.c. 0 or -1. */
int finish_files(const char *dir, unsigned int outputs,
		 const struct wasm_module *m, char **names,
		 const struct prepared *p,
		 const struct marks *marks, struct failure *failure);

/* describe.c: the C text that goes to the end of guest_0.c. */
void describe_module(struct buffer *out, const struct wasm_module *m,
		     const struct prepared *p, bool has_import_function);

/* describe.c: the C text that declares sizes of segments, for guest.h. */
void describe_segments(struct buffer *out, const struct wasm_module *m);

#endif
