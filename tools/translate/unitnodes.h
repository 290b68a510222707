/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unitnodes.h: source files of the guest as units of LLVM's metadata.
 *
 * A unit of C has functions of many of them; a debugger is to find the variables of the
 * one that it stopped in. Where these are in memory, counts from guest_data_base
 * (guest_module.h).
 */
#ifndef TRANSLATE_UNITNODES_H
#define TRANSLATE_UNITNODES_H

#include "scopenodes.h"

/* The units that functions were said to be of: nodes, and into out what is none. */
void unit_nodes_put(struct rewriting *r, struct buffer *out);

#endif
