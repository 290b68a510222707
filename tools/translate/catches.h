/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catches.h: catch_all behind a catch, in the C that wasm2c wrote.
 *
 * wabt 1.0.39 puts no braces around its instructions:
 *
 *	if (wasm_rt_exception_tag() == ...) {
 *	  ...
 *	} else var_i0 = 100u;
 *	var_l1 = var_i0;
 *
 * and so all but the first would be executed after any other catch as well.
 */
#ifndef TRANSLATE_CATCHES_H
#define TRANSLATE_CATCHES_H

#include "buffer.h"

/* text: a file of wasm2c's, with a 0 at the end; so is what it becomes. */
void catches_rewrite(struct buffer *text);

#endif
