/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pieces.h: variables in pieces, in the DWARF of a shared object.
 *
 * A structure may be in several registers. Where the compiler has lost one of them, DWARF
 * tells of a piece that is nowhere, or of less than the variable has. gdb shows what there
 * is, but for the end, which it takes for zeros; lldb takes all the rest for zeros. So there
 * are two sections .debug_loclists: lldb takes the first one, in which such a variable is
 * nowhere, gdb the last one, in which its end is. What is told of all of a variable's scope
 * at once is in no list, and is the same for both: nowhere.
 */
#ifndef TRANSLATE_PIECES_H
#define TRANSLATE_PIECES_H

#include "failure.h"

/* Changes dir/so, which pointers_finish() has not changed yet. 0, or -1 and *failure. */
int pieces_finish(const char *dir, const char *so, struct failure *failure);

#endif
