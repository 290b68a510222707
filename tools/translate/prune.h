/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prune.h: DWARF of which only types and data with a place in memory are left.
 *
 * What describes code is of no use where the code is not: functions, blocks,
 * locals. What is left of a function, its types and static variables, moves to
 * the unit that it is in.
 */
#ifndef TRANSLATE_PRUNE_H
#define TRANSLATE_PRUNE_H

#include "buffer.h"
#include "dwarf.h"

/* The sections that differ from the module's. Units that are damaged are left
 * out. ret->failed is set in each when memory runs out. */
struct pruned {
	struct buffer info, abbrev, aranges;
};

/* memory_base: index of the global that the addresses of position-independent
 * data count from, or UINT32_MAX; such an address stays without it. */
void prune_dwarf(struct dwarf *d, uint32_t memory_base, struct pruned *ret);
void pruned_free(struct pruned *p);

#endif
