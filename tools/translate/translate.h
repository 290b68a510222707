/* SPDX-License-Identifier: Apache-2.0 */
/*
 * translate.h: WebAssembly modules to shared objects, through a cache.
 *
 * Every function may be called from any thread; two translations of the same
 * module, in one process or in two, wait for each other. Translating runs
 * children (node, clang, lld), which die with the thread that translates.
 */
#ifndef TRANSLATE_H
#define TRANSLATE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "level.h"

struct translate_settings {
	const char *cache_dir; /* is made when it is not there */
	const struct level *level;
};

struct translate_result {
	char so_path[PATH_MAX]; /* of the shared object, when status is 0 */
	char message[512];	/* else: a sentence that says what to do */
	int status; /* 0 or what to exit with: 65, 66, 69, 71, 73, 130 */
	bool from_cache;
};

struct translate_progress {
	/*
	 * Called a few times per second: stage says what is being done, of
	 * which done of total parts are finished (total may be 0). A result
	 * other than 0 stops the translation (status 130).
	 */
	int (*report)(void *arg, const char *stage, unsigned int done,
		      unsigned int total);
	void *arg;
};

/*
 * Only look into the cache. 1: *ret has the shared object, 0: it is not there,
 * -1: failure, see *ret. The cache's folder need not exist.
 */
int translate_lookup_file(const struct translate_settings *settings,
			  const char *wasm_path, struct translate_result *ret);
int translate_lookup_bytes(const struct translate_settings *settings,
			   const void *wasm, size_t n,
			   struct translate_result *ret);

/*
 * Look into the cache, else translate, which takes long. display_name is for
 * messages. 0: *ret has the shared object, -1: failure, see *ret.
 */
int translate_file(const struct translate_settings *settings,
		   const char *wasm_path, const char *display_name,
		   const struct translate_progress *progress,
		   struct translate_result *ret);
int translate_bytes(const struct translate_settings *settings,
		    const void *wasm, size_t n, const char *display_name,
		    const struct translate_progress *progress,
		    struct translate_result *ret);

/* Forget what the cache has for this file, so that it is made again. */
int translate_forget_file(const struct translate_settings *settings,
			  const char *wasm_path, struct translate_result *ret);

/* The file's key in the cache: 64 hexadecimal digits and a NUL. 0 or -1. */
int translate_key_of_file(const struct level *level, const char *wasm_path,
			  char key[65], struct translate_result *ret);

#endif
