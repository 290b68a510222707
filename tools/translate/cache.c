// SPDX-License-Identifier: Apache-2.0
/* cache.c: objects and their keys, see cache.h; locks are in lock.c. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "cache.h"
#include "compile.h"
#include "embed.h"
#include "file.h"

/* At the end of an object, where ELF does not look. */
struct trailer {
	char magic[8];
	uint64_t size; /* of what precedes */
	XXH128_canonical_t sum;
	char key[2 * CACHE_HASH];
};

/* The kinds of files. */
static const struct kind {
	const char *suffix;
	char magic[8];
} object = { "so", { 'W', 'L', 's', 'o', '0', '0', '0', '1' } },
  companion = { "types", { 'W', 'L', 't', 'y', '0', '0', '0', '3' } };

int cache_hash(const void *bytes, size_t n, uint8_t ret[CACHE_HASH],
	       struct failure *failure)
{
	if (EVP_Digest(bytes, n, ret, NULL, EVP_sha256(), NULL) != 1)
		return failure_set(failure, FAIL_HOST, "SHA-256 failed");
	return 0;
}

/* With its NUL: lists that end with an empty text are never the same bytes. */
static void hash_text(EVP_MD_CTX *ctx, const char *text)
{
	EVP_DigestUpdate(ctx, text, strlen(text) + 1);
}

static void translator_hash(EVP_MD_CTX *ctx, const struct level *level)
{
	const char *clang = getenv("WL_CLANG");
	const struct embedded_file *f;
	const char *const *option;

	hash_text(ctx, compile_options);
	for (option = level->options; *option; option++)
		hash_text(ctx, *option);
	hash_text(ctx, "");
	for (option = level->debug_options; *option; option++)
		hash_text(ctx, *option);
	hash_text(ctx, clang ? clang : "");
	for (f = embedded_files; f->name; f++)
		EVP_DigestUpdate(ctx, f->start, (size_t)(f->end - f->start));
}

int cache_key(const uint8_t hash[CACHE_HASH], const struct level *level,
	      struct cache_key *ret, struct failure *failure)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t key[CACHE_HASH];
	int i, ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);

	if (ok) {
		translator_hash(ctx, level);
		ok = EVP_DigestUpdate(ctx, hash, CACHE_HASH) &&
		     EVP_DigestFinal_ex(ctx, key, NULL);
	}
	EVP_MD_CTX_free(ctx);
	if (!ok)
		return failure_set(failure, FAIL_HOST, "SHA-256 failed");
	for (i = 0; i < CACHE_HASH; i++)
		snprintf(ret->hex + 2 * i, 3, "%02x", key[i]);
	return 0;
}

static void path_of(const char *dir, const struct cache_key *key,
		    const struct kind *kind, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/objects/%s.%s", dir, key->hex,
		 kind->suffix);
}

/* XXH3 reads several GB/s: this is done at each start. */
static void sum_of(const void *bytes, size_t n, XXH128_canonical_t *ret)
{
	XXH128_canonicalFromHash(ret, XXH3_128bits(bytes, n));
}

static bool is_sound(int fd, const struct cache_key *key,
		     const struct kind *kind)
{
	XXH128_canonical_t sum;
	struct trailer t;
	struct stat st;
	size_t size;
	void *p;

	if (fstat(fd, &st) || st.st_size <= (off_t)sizeof(t))
		return false;
	size = (size_t)st.st_size - sizeof(t);
	if (pread(fd, &t, sizeof(t), (off_t)size) != (ssize_t)sizeof(t) ||
	    memcmp(t.magic, kind->magic, sizeof(t.magic)) ||
	    t.size != size || memcmp(t.key, key->hex, sizeof(t.key)))
		return false;
	p = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED)
		return false;
	sum_of(p, size, &sum);
	munmap(p, size);
	return !memcmp(&sum, &t.sum, sizeof(sum));
}

/* With its path; one that is not sound is removed. */
static bool find_kind(const char *dir, const struct cache_key *key,
		      const struct kind *kind, char path[PATH_MAX])
{
	bool sound;
	int fd;

	path_of(dir, key, kind, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	sound = is_sound(fd, key, kind);
	close(fd);
	if (!sound)
		unlink(path);
	return sound;
}

bool cache_find(const char *dir, const struct cache_key *key,
		char path[PATH_MAX])
{
	return find_kind(dir, key, &companion, path) &&
	       find_kind(dir, key, &object, path);
}

bool cache_find_object(const char *dir, const struct cache_key *key,
		       char path[PATH_MAX])
{
	return find_kind(dir, key, &object, path);
}

void cache_forget(const char *dir, const struct cache_key *key)
{
	char path[PATH_MAX];

	path_of(dir, key, &object, path);
	unlink(path);
	path_of(dir, key, &companion, path);
	unlink(path);
}

static int append_trailer(int fd, const struct cache_key *key,
			  const struct kind *kind)
{
	struct trailer t;
	struct stat st;
	void *p;

	if (fstat(fd, &st) || !st.st_size)
		return -1;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return -1;
	memcpy(t.magic, kind->magic, sizeof(t.magic));
	t.size = (uint64_t)st.st_size;
	sum_of(p, (size_t)st.st_size, &t.sum);
	munmap(p, (size_t)st.st_size);
	memcpy(t.key, key->hex, sizeof(t.key));
	if (pwrite(fd, &t, sizeof(t), st.st_size) != (ssize_t)sizeof(t) ||
	    fsync(fd))
		return -1;
	return 0;
}

static int store(const char *dir, const struct cache_key *key,
		 const char *temp, const struct kind *kind,
		 char path[PATH_MAX], struct failure *failure)
{
	char made[PATH_MAX + 16];
	int fd, err = -1;

	snprintf(made, sizeof(made), "%s/guest.%s", temp,
		 kind->suffix);
	fd = open(made, O_RDWR | O_CLOEXEC);
	path_of(dir, key, kind, path);
	if (fd >= 0 && !append_trailer(fd, key, kind) && !rename(made, path))
		err = 0;
	if (err)
		failure_set(failure, FAIL_WRITE, "cannot write %s: %s", path,
			    strerror(errno));
	if (fd >= 0)
		close(fd);
	return err;
}

int cache_store_companion(const char *dir, const struct cache_key *key,
			  const char *temp, struct failure *failure)
{
	char path[PATH_MAX];

	return store(dir, key, temp, &companion, path, failure);
}

int cache_store(const char *dir, const struct cache_key *key, const char *temp,
		char path[PATH_MAX], struct failure *failure)
{
	if (cache_store_companion(dir, key, temp, failure))
		return -1;
	return store(dir, key, temp, &object, path, failure);
}

/* ---- files that were seen ---------------------------------------------- */

struct memo {
	int64_t size, mtime_s, mtime_ns, ctime_s, ctime_ns;
	uint8_t hash[CACHE_HASH];
	uint64_t sum; /* of the above */
};

static void memo_path(const char *dir, const struct stat *st,
		      char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/files/%llx-%llx", dir,
		 (unsigned long long)st->st_dev,
		 (unsigned long long)st->st_ino);
}

static struct memo memo_of(const struct stat *st)
{
	struct memo m;

	memset(&m, 0, sizeof(m));
	m.size = st->st_size;
	m.mtime_s = st->st_mtim.tv_sec;
	m.mtime_ns = st->st_mtim.tv_nsec;
	m.ctime_s = st->st_ctim.tv_sec;
	m.ctime_ns = st->st_ctim.tv_nsec;
	return m;
}

bool cache_recall(const char *dir, const struct stat *st,
		  uint8_t ret[CACHE_HASH])
{
	struct memo now = memo_of(st), then;
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	memo_path(dir, st, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, &then, sizeof(then));
	close(fd);
	if (n != (ssize_t)sizeof(then) ||
	    memcmp(&now, &then, offsetof(struct memo, hash)) ||
	    then.sum != XXH3_64bits(&then, offsetof(struct memo, sum)))
		return false;
	memcpy(ret, then.hash, CACHE_HASH);
	return true;
}

void cache_remember(const char *dir, const struct stat *st,
		    const uint8_t hash[CACHE_HASH])
{
	struct memo m = memo_of(st);
	char path[PATH_MAX], tmp[PATH_MAX];
	struct timespec now;
	int fd;

	/* A file written this instant may be written again in the same tick
	 * of its time stamp. */
	clock_gettime(CLOCK_REALTIME, &now);
	if (now.tv_sec - st->st_ctim.tv_sec < 2)
		return;
	memcpy(m.hash, hash, CACHE_HASH);
	m.sum = XXH3_64bits(&m, offsetof(struct memo, sum));
	memo_path(dir, st, path);
	if (snprintf(tmp, sizeof(tmp), "%s.XXXXXX", path) >= (int)sizeof(tmp))
		return;
	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, &m, sizeof(m)) != (ssize_t)sizeof(m) || close(fd) ||
	    rename(tmp, path))
		unlink(tmp);
}
