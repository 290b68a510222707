// SPDX-License-Identifier: Apache-2.0
/* file.c: whole files, with failures as sentences. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

int file_read_text(const char *dir, const char *name, struct buffer *ret,
		   struct failure *failure)
{
	char path[PATH_MAX], chunk[65536];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s%s%s", dir ? dir : "", dir ? "/" : "",
		 name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return failure_set(failure, FAIL_HOST, "cannot read %s: %s",
				   path, strerror(errno));
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		buffer_put(ret, chunk, (size_t)n);
	close(fd);
	buffer_byte(ret, 0);
	if (n < 0 || ret->failed)
		return failure_set(failure, FAIL_HOST, "cannot read %s: %s",
				   path, ret->failed ? "out of memory" :
				   strerror(errno));
	return 0;
}

int file_write(const char *dir, const char *name, const struct buffer *b,
	       struct failure *failure)
{
	char path[PATH_MAX];
	size_t done = 0;
	int fd, err = 0;

	if (b->failed)
		return failure_set(failure, FAIL_HOST, "out of memory");
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return failure_set(failure, FAIL_WRITE, "cannot write %s: %s",
				   path, strerror(errno));
	while (done < b->n) {
		ssize_t n = write(fd, b->p + done, b->n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			err = failure_set(failure, FAIL_WRITE,
					  "cannot write %s: %s", path,
					  strerror(errno));
			break;
		}
		done += (size_t)n;
	}
	if (close(fd) && !err)
		err = failure_set(failure, FAIL_WRITE, "cannot write %s: %s",
				  path, strerror(errno));
	return err;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

void file_remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int file_make_dirs(const char *path, struct failure *failure)
{
	char part[PATH_MAX];
	char *slash = part;
	int err;

	if (strlen(path) >= sizeof(part))
		return failure_set(failure, FAIL_WRITE, "the path %.40s... is "
				   "too long", path);
	strcpy(part, path);
	do {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = 0;
		err = mkdir(part, 0777);
		if (err && errno != EEXIST)
			return failure_set(failure, FAIL_WRITE,
					   "cannot make the directory %s: %s",
					   part, strerror(errno));
		if (slash)
			*slash = '/';
	} while (slash && slash[1]);
	return 0;
}
