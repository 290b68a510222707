/* SPDX-License-Identifier: Apache-2.0 */
/* operation.h: the operations of DWARF's expressions (DWARF 5, 7.7.1). */
#ifndef TRANSLATE_OPERATION_H
#define TRANSLATE_OPERATION_H

#include "dwarf.h"

/* Skips what follows an operation, in which an address has so many bytes; false: it is
 * damaged, or not known here. */
bool operation_skip(struct wasm_reader *r, unsigned int op, unsigned int address_size);

#endif
