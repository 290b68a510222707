/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache.h: the folder of shared objects that were made before.
 *
 *	objects/KEY.so	 an object, with a trailer that holds its checksum
 *	objects/KEY.types its companion, the same; it is there before the object
 *	files/DEV-INODE	 SHA-256 of a file that was seen, while its size and
 *			 times are those noted: no need to hash it again
 *	locks/KEY	 held by who is making objects/KEY.so
 *	tmp/XXXXXX/	 where it is made; its maker holds a lock on it
 *
 * KEY is SHA-256 over the module's own and all that determines what we make of
 * it. Everything appears by rename(), so that a reader sees all or nothing,
 * and is checked when it is used, so that a damaged file does no harm.
 */
#ifndef TRANSLATE_CACHE_H
#define TRANSLATE_CACHE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "failure.h"
#include "level.h"

#define CACHE_HASH 32

struct cache_key {
	char hex[2 * CACHE_HASH + 1];
};

/* SHA-256 of bytes. 0 or -1. */
int cache_hash(const void *bytes, size_t n, uint8_t ret[CACHE_HASH],
	       struct failure *failure);

/* The key of a module with that hash at that level. 0 or -1. */
int cache_key(const uint8_t hash[CACHE_HASH], const struct level *level,
	      struct cache_key *ret, struct failure *failure);

/* Is there a sound object with its companion? Its path then; damaged ones are
 * removed. */
bool cache_find(const char *dir, const struct cache_key *key,
		char path[PATH_MAX]);
/* The same, whatever its companion is. */
bool cache_find_object(const char *dir, const struct cache_key *key,
		       char path[PATH_MAX]);
void cache_forget(const char *dir, const struct cache_key *key);

/* The hash of a file that was seen before and has not changed since. */
bool cache_recall(const char *dir, const struct stat *st,
		  uint8_t ret[CACHE_HASH]);
/* Note it; a failure to do so only costs time. */
void cache_remember(const char *dir, const struct stat *st,
		    const uint8_t hash[CACHE_HASH]);

/* Wait until nobody else makes this object. A file descriptor for
 * cache_unlock(), or -1; wait() is called while waiting, -1 if it is not 0. */
int cache_lock(const char *dir, const struct cache_key *key,
	       int (*wait)(void *arg), void *arg, struct failure *failure);
void cache_unlock(const char *dir, const struct cache_key *key, int fd);

/* A new directory in tmp/. Removes those whose makers died. A file descriptor
 * to close after removing the directory, or -1. */
int cache_make_temp(const char *dir, char path[PATH_MAX],
		    struct failure *failure);

/* Make guest.types and guest.so of temp, a directory of cache_make_temp(), the
 * companion and the object of key, and tell the object's path. 0 or -1. */
int cache_store(const char *dir, const struct cache_key *key, const char *temp,
		char path[PATH_MAX], struct failure *failure);
/* Only guest.types. 0 or -1. */
int cache_store_companion(const char *dir, const struct cache_key *key,
			  const char *temp, struct failure *failure);

#endif
