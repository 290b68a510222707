/* SPDX-License-Identifier: Apache-2.0 */
/* doubts.h: places of variables that may have become another one's. */
#ifndef TRANSLATE_DOUBTS_H
#define TRANSLATE_DOUBTS_H

#include "locals.h"
#include "webs.h"

/*
 * Ends those among the n events of a function, pairs of a beginning and an end in any
 * order. effort: comparisons that may still be made of a module.
 */
void doubts_end(struct local_event *events, size_t n, const struct webs *w,
		uint64_t *effort);

#endif
