/* SPDX-License-Identifier: Apache-2.0 */
/*
 * companion.h: what a debugger needs to know about a module's data, as an ELF
 * file of its own.
 *
 * The shared object that a module becomes is x86-64, where pointers have 8
 * bytes. The companion is a 32-bit file (EM_386, ET_DYN) with the module's types
 * and global variables, so that a debugger reads structures of the guest as the
 * guest lays them out. It has no code. It is to be loaded at the address of the
 * module's data: 0 for a kernel, __memory_base for a program.
 */
#ifndef TRANSLATE_COMPANION_H
#define TRANSLATE_COMPANION_H

#include "buffer.h"
#include "failure.h"
#include "wasm.h"

#define COMPANION_NAME "guest.types"

/* The bytes of such a file, for buffer_free(); their failed says that memory ran
 * out. A module without DWARF, or with damaged DWARF, gets one with the exported
 * globals only. */
void companion_make(const struct wasm_module *m, struct buffer *ret);

/* The same, written into dir as COMPANION_NAME. 0 or -1. */
int companion_write(const char *dir, const struct wasm_module *m,
		    struct failure *failure);

#endif
