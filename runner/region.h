/* SPDX-License-Identifier: Apache-2.0 */
/* region.h: what the guest's kernel gave to programs: regions of a system without
 * an MMU (mm/nommu.c). */
#ifndef RUNNER_REGION_H
#define RUNNER_REGION_H

#include "memory.h"

struct region {
	gaddr_t start, end;
};

static inline bool region_contains(const struct region *r, gaddr_t gaddr)
{
	return gaddr >= r->start && gaddr < r->end;
}

/*
 * The region that an address is in. False: it is in none, or the kernel has
 * other structures than are known here. What is read may be wrecked or hostile:
 * that leads to a wrong answer, no more. Any thread.
 */
bool region_find(const struct memory *m, gaddr_t gaddr, struct region *ret);

#endif
