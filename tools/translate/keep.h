/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keep.h: parameters of functions in LLVM's text form, which are kept to the end: a
 * debugger that stops in what a function calls is to know what the function was given.
 */
#ifndef TRANSLATE_KEEP_H
#define TRANSLATE_KEEP_H

#include "nodes.h"

/* The code, with uses of each parameter in front of each return. */
void keep_parameters(struct text code, struct buffer *out);

#endif
