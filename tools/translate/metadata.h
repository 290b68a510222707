/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metadata.h: what debuggers are told of a unit, in LLVM's own words
 * (https://llvm.org/docs/LangRef.html#metadata).
 *
 * The C of a unit says only which number of marks.h each of its statements has, and
 * in a variable's name which one of locals.h it is, for C cannot say that code is of a
 * function that was put into another one. So clang first makes LLVM's text form of it, optimised, in which this
 * is told here: lines and files, names, blocks, and inlined functions with where they
 * were called from. The code stays as it is.
 */
#ifndef TRANSLATE_METADATA_H
#define TRANSLATE_METADATA_H

#include "globals.h"
#include "marks.h"

/* Read dir/from, write dir/to. names: of names.h. 0, or -1 and *failure. */
int metadata_rewrite(const char *dir, const char *from, const char *to,
		     const struct marks *marks, const struct globals *globals,
		     const struct wasm_module *m, char **names, struct failure *failure);

#endif
