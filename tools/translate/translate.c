// SPDX-License-Identifier: Apache-2.0
/* translate.c: the way in: look into the cache, else translate and store. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cache.h"
#include "companion.h"
#include "compile.h"
#include "debugfile.h"
#include "file.h"
#include "translate.h"

/* What is to be translated: bytes, or a file that is mapped when needed. */
struct source {
	const void *bytes;
	size_t n;
	int fd;
	struct stat st;
};

static int put_result(struct translate_result *ret, int value,
		      const struct failure *failure, const char *name)
{
	ret->status = value < 0 ? failure->status : 0;
	ret->message[0] = 0;
	if (value < 0)
		snprintf(ret->message, sizeof(ret->message), "%s%s%s",
			 name ? name : "", name ? ": " : "", failure->text);
	return value;
}

static int source_open(struct source *s, const char *path,
		       struct failure *failure)
{
	*s = (struct source){ .fd = open(path, O_RDONLY | O_CLOEXEC) };
	if (s->fd < 0 || fstat(s->fd, &s->st))
		return failure_set(failure, FAIL_NO_INPUT,
				   "it cannot be read: %s", strerror(errno));
	if (!S_ISREG(s->st.st_mode))
		return failure_set(failure, FAIL_NO_INPUT,
				   "it is not a regular file");
	if (!s->st.st_size)
		return failure_set(failure, FAIL_INPUT, "it is empty");
	return 0;
}

static int source_map(struct source *s, struct failure *failure)
{
	void *p;

	if (s->bytes)
		return 0;
	p = mmap(NULL, (size_t)s->st.st_size, PROT_READ, MAP_PRIVATE, s->fd, 0);
	if (p == MAP_FAILED)
		return failure_set(failure, FAIL_NO_INPUT,
				   "it cannot be read: %s", strerror(errno));
	s->bytes = p;
	s->n = (size_t)s->st.st_size;
	return 0;
}

static void source_close(struct source *s)
{
	if (s->fd < 0)
		return;
	if (s->bytes)
		munmap((void *)s->bytes, s->n);
	close(s->fd);
}

static int source_key(struct source *s, const char *dir,
		      const struct level *level, struct cache_key *key,
		      struct failure *failure)
{
	uint8_t hash[CACHE_HASH];

	if (s->fd < 0 || !dir || !cache_recall(dir, &s->st, hash)) {
		if (source_map(s, failure) ||
		    cache_hash(s->bytes, s->n, hash, failure))
			return -1;
		if (s->fd >= 0 && dir)
			cache_remember(dir, &s->st, hash);
	}
	return cache_key(hash, level, key, failure);
}

static int lookup(const struct translate_settings *settings, struct source *s,
		  struct translate_result *ret, struct failure *failure)
{
	const char *dir = settings->cache_dir;
	struct cache_key key;

	if (source_key(s, dir, settings->level, &key, failure))
		return -1;
	ret->from_cache = cache_find(dir, &key, ret->so_path);
	return ret->from_cache;
}

/* Of an object that is there. */
static int make_companion(const char *dir, const struct cache_key *key,
			  const struct source *s, const char *temp,
			  struct failure *failure)
{
	struct debug_file file = { 0 };
	struct wasm_module m;
	int err = wasm_module_read(&m, s->bytes, s->n, failure);

	if (!err)
		err = companion_write(temp, debug_file_open(&file, &m),
				      failure);
	if (!err)
		err = cache_store_companion(dir, key, temp, failure);
	debug_file_close(&file);
	wasm_module_free(&m);
	return err;
}

/* With the lock of key held. */
static int make(const struct translate_settings *settings,
		const struct cache_key *key, struct source *s,
		const struct translate_progress *progress,
		struct translate_result *ret, struct failure *failure)
{
	const char *dir = settings->cache_dir;
	char temp[PATH_MAX];
	int err, fd;

	if (source_map(s, failure))
		return -1;
	fd = cache_make_temp(dir, temp, failure);
	if (fd < 0)
		return -1;
	if (cache_find_object(dir, key, ret->so_path)) {
		err = make_companion(dir, key, s, temp, failure);
	} else {
		err = compile_module(temp, settings->level, s->bytes, s->n,
				     progress, failure);
		if (!err)
			err = cache_store(dir, key, temp, ret->so_path,
					  failure);
	}
	file_remove_tree(temp);
	close(fd);
	return err;
}

static int report_wait(void *arg)
{
	const struct translate_progress *p = arg;

	return p && p->report ?
		p->report(p->arg, "waiting for another translation", 0, 0) : 0;
}

static int translate(const struct translate_settings *settings,
		     struct source *s,
		     const struct translate_progress *progress,
		     struct translate_result *ret, struct failure *failure)
{
	const char *dir = settings->cache_dir;
	struct cache_key key;
	int lock, err;

	if (source_key(s, dir, settings->level, &key, failure))
		return -1;
	ret->from_cache = cache_find(dir, &key, ret->so_path);
	if (ret->from_cache)
		return 0;
	lock = cache_lock(dir, &key, report_wait, (void *)progress, failure);
	if (lock < 0)
		return -1;
	ret->from_cache = cache_find(dir, &key, ret->so_path);
	err = ret->from_cache ? 0 : make(settings, &key, s, progress, ret,
					 failure);
	if (!err && s->fd >= 0) {
		uint8_t hash[CACHE_HASH];

		/* The folder exists only now when this was its first use. */
		if (!cache_recall(dir, &s->st, hash) && s->bytes &&
		    !cache_hash(s->bytes, s->n, hash, failure))
			cache_remember(dir, &s->st, hash);
	}
	cache_unlock(dir, &key, lock);
	return err;
}

int translate_lookup_file(const struct translate_settings *settings,
			  const char *wasm_path, struct translate_result *ret)
{
	struct failure failure = { 0 };
	struct source s;
	int found = source_open(&s, wasm_path, &failure);

	if (!found)
		found = lookup(settings, &s, ret, &failure);
	source_close(&s);
	return put_result(ret, found, &failure, wasm_path);
}

int translate_lookup_bytes(const struct translate_settings *settings,
			   const void *wasm, size_t n,
			   struct translate_result *ret)
{
	struct source s = { .bytes = wasm, .n = n, .fd = -1 };
	struct failure failure = { 0 };

	return put_result(ret, lookup(settings, &s, ret, &failure), &failure,
			  NULL);
}

int translate_file(const struct translate_settings *settings,
		   const char *wasm_path, const char *display_name,
		   const struct translate_progress *progress,
		   struct translate_result *ret)
{
	struct failure failure = { 0 };
	struct source s;
	int err = source_open(&s, wasm_path, &failure);

	if (!err)
		err = translate(settings, &s, progress, ret, &failure);
	source_close(&s);
	return put_result(ret, err, &failure, display_name);
}

int translate_bytes(const struct translate_settings *settings,
		    const void *wasm, size_t n, const char *display_name,
		    const struct translate_progress *progress,
		    struct translate_result *ret)
{
	struct source s = { .bytes = wasm, .n = n, .fd = -1 };
	struct failure failure = { 0 };
	int err = translate(settings, &s, progress, ret, &failure);

	return put_result(ret, err, &failure, display_name);
}

int translate_forget_file(const struct translate_settings *settings,
			  const char *wasm_path, struct translate_result *ret)
{
	struct failure failure = { 0 };
	struct cache_key key;
	struct source s;
	int err = source_open(&s, wasm_path, &failure);

	if (!err)
		err = source_key(&s, NULL, settings->level, &key, &failure);
	if (!err)
		cache_forget(settings->cache_dir, &key);
	source_close(&s);
	return put_result(ret, err, &failure, wasm_path);
}

int translate_key_of_file(const struct level *level, const char *wasm_path,
			  char ret_key[65], struct translate_result *ret)
{
	struct failure failure = { 0 };
	struct cache_key key;
	struct source s;
	int err = source_open(&s, wasm_path, &failure);

	if (!err)
		err = source_key(&s, NULL, level, &key, &failure);
	if (!err)
		memcpy(ret_key, key.hex, sizeof(key.hex));
	source_close(&s);
	return put_result(ret, err, &failure, wasm_path);
}
