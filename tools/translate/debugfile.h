/* SPDX-License-Identifier: Apache-2.0 */
/*
 * debugfile.h: the file that has a module's DWARF, when the module says so: its
 * custom section external_debug_info (WebAssembly tool conventions) is a path.
 */
#ifndef TRANSLATE_DEBUGFILE_H
#define TRANSLATE_DEBUGFILE_H

#include "wasm.h"

struct debug_file {
	struct wasm_module module;
	void *p; /* NULL: there is none */
	size_t n;
};

/*
 * The module to read DWARF from: m itself, or one with the very same code.
 * The path is input like everything in m: only an absolute one of a regular
 * file is opened. debug_file_close() afterwards.
 */
const struct wasm_module *debug_file_open(struct debug_file *f,
					  const struct wasm_module *m);
void debug_file_close(struct debug_file *f);

#endif
