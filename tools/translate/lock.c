// SPDX-License-Identifier: Apache-2.0
/* lock.c: the cache's locks and temporary directories, see cache.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "cache.h"
#include "file.h"

static int make_dirs(const char *dir, struct failure *failure)
{
	static const char *const parts[] = { "objects", "files", "locks",
					     "tmp" };
	char path[PATH_MAX];
	size_t i;

	if (strlen(dir) > PATH_MAX - 200)
		return failure_set(failure, FAIL_WRITE,
				   "the cache's path is too long");
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, parts[i]);
		if (file_make_dirs(path, failure))
			return -1;
	}
	return 0;
}

static int take(int fd, int (*wait)(void *arg), void *arg,
		struct failure *failure)
{
	const struct timespec pause = { .tv_nsec = 100000000 };

	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return failure_set(failure, FAIL_WRITE,
					   "cannot lock the cache: %s",
					   strerror(errno));
		if (wait && wait(arg))
			return failure_set(failure, FAIL_CANCELLED,
					   "it was cancelled");
		nanosleep(&pause, NULL);
	}
	return 0;
}

int cache_lock(const char *dir, const struct cache_key *key,
	       int (*wait)(void *arg), void *arg, struct failure *failure)
{
	struct stat held, named;
	char path[PATH_MAX];
	int fd;

	if (make_dirs(dir, failure))
		return -1;
	snprintf(path, sizeof(path), "%s/locks/%s", dir, key->hex);
	for (;;) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
		if (fd < 0)
			return failure_set(failure, FAIL_WRITE,
					   "cannot write %s: %s", path,
					   strerror(errno));
		if (take(fd, wait, arg, failure)) {
			close(fd);
			return -1;
		}
		/* Whoever had it may have removed the file. */
		if (!fstat(fd, &held) && !stat(path, &named) &&
		    held.st_ino == named.st_ino && held.st_dev == named.st_dev)
			return fd;
		close(fd);
	}
}

void cache_unlock(const char *dir, const struct cache_key *key, int fd)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/locks/%s", dir, key->hex);
	unlink(path);
	close(fd);
}

/* What is in there and whose lock is free belongs to nobody any more. Who is about
 * to lock it looks afterwards whether it is still there, or is kept from that by
 * the caller. */
static void remove_stale(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[PATH_MAX];
	int fd;

	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.' ||
		    snprintf(path, sizeof(path), "%s/%s", dir, e->d_name) >=
			    (int)sizeof(path))
			continue;
		fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (!flock(fd, LOCK_EX | LOCK_NB))
			file_remove_tree(path);
		close(fd);
	}
	if (d)
		closedir(d);
}

int cache_make_temp(const char *dir, char path[PATH_MAX],
		    struct failure *failure)
{
	char tmp[PATH_MAX], locks[PATH_MAX];
	int tmp_fd, fd = -1;

	snprintf(tmp, sizeof(tmp), "%s/tmp", dir);
	snprintf(locks, sizeof(locks), "%s/locks", dir);
	remove_stale(locks);
	tmp_fd = open(tmp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tmp_fd >= 0 && !take(tmp_fd, NULL, NULL, failure)) {
		remove_stale(tmp);
		snprintf(path, PATH_MAX, "%.*s/XXXXXX", PATH_MAX - 10, tmp);
		if (mkdtemp(path))
			fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			flock(fd, LOCK_EX | LOCK_NB);
	}
	if (fd < 0)
		failure_set(failure, FAIL_WRITE, "cannot write to %s: %s", tmp,
			    strerror(errno));
	if (tmp_fd >= 0)
		close(tmp_fd);
	return fd;
}
