/* SPDX-License-Identifier: Apache-2.0 */
/* compile.h: bytes of a module -> a shared object, in a directory of its own. */
#ifndef TRANSLATE_COMPILE_H
#define TRANSLATE_COMPILE_H

#include "failure.h"
#include "level.h"
#include "translate.h"

/* The compiler options of all levels, for the cache's key. */
extern const char compile_options[];

/*
 * Translate wasm in dir, an empty directory, to dir/guest.so. Progress may be
 * NULL. 0, or -1 and *failure.
 */
int compile_module(const char *dir, const struct level *level,
		   const void *wasm, size_t n,
		   const struct translate_progress *progress,
		   struct failure *failure);

#endif
