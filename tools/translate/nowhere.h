/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nowhere.h: the place of a file's variable that is nowhere.
 *
 * LLVM tells nothing of one that has none, and debuggers would take another one of that
 * name. So there is one in LLVM's text, at which no memory is, of which something else is
 * made in the object: that it is optimised out (gdb), or that nothing can be read (lldb).
 */
#ifndef TRANSLATE_NOWHERE_H
#define TRANSLATE_NOWHERE_H

#include "buffer.h"
#include "wasm.h"

/* What is behind an address, in LLVM's words, for a variable of so many bytes. */
void nowhere_put(uint32_t size, struct buffer *out);

/* An expression of an object, if it is that one. */
void nowhere_finish(struct wasm_slice place);

#endif
