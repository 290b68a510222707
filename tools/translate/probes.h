/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probes.h: no frame steps over the guard below a stack.
 *
 * LLVM has no stack probes for wasm: a function lowers __stack_pointer, and what it does
 * not write to in its frame it does not touch. So, in the C that wasm2c wrote, each
 * function touches the low end of its frame when it has made it, and of one that is larger
 * than the guard some more (probe(), guest_ops.h). A frame is what was made of
 * __stack_pointer, in a prologue or by alloca(), and is lower; a stack pointer that comes
 * from elsewhere, that of another stack, is left alone. So is that of two alloca() in two
 * branches of which LLVM makes one: it looks like one that is put back.
 */
#ifndef TRANSLATE_PROBES_H
#define TRANSLATE_PROBES_H

#include "buffer.h"
#include "wasm.h"

/* text: a file of wasm2c's about m, with a 0 at the end; so is what it becomes. */
void probes_rewrite(const struct wasm_module *m, struct buffer *text);

#endif
