/* SPDX-License-Identifier: Apache-2.0 */
/* slab.h: the objects of the guest kernel's allocator. */
#ifndef RUNNER_SLAB_H
#define RUNNER_SLAB_H

#include "memory.h"

struct slab_object {
	char cache[32]; /* its name, cut */
	gaddr_t start;
	u32 size; /* in bytes */
	bool is_free; /* false also where that cannot be told */
};

/*
 * The object that an address is in, or beside. False: no slab is there, or the
 * kernel has other structures than are known here. What is read may be wrecked
 * or hostile: that leads to a wrong answer, no more. Takes tenths of a second at
 * first. Any thread.
 */
bool slab_find(const struct memory *m, gaddr_t gaddr, struct slab_object *ret);

#endif
