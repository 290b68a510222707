/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pointers.h: what debuggers take the guest's pointers of 4 bytes for.
 *
 * gdb believes DWARF that a pointer has 4 bytes; lldb takes 8 in an object of 64 bits. So
 * there are two sections .debug_abbrev, which tell what the entries of .debug_info are:
 * lldb, as most tools, takes the first one, in which a pointer is an enumeration of 4
 * bytes with the name of the pointer's type (tools/debug/wl follows it); gdb the last one,
 * in which it is a pointer, and a vector of a function, which it may lead to, a qualifier.
 */
#ifndef TRANSLATE_POINTERS_H
#define TRANSLATE_POINTERS_H

#include "failure.h"

/* In dir/so, whose pointers are what typenodes.h makes of them; 0, or -1 and *failure. */
int pointers_finish(const char *dir, const char *so, struct failure *failure);

#endif
