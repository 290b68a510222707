/* SPDX-License-Identifier: MIT */
/* ftw.c: nftw() calls with four arguments, which our caller's function has not. */
#include <ftw.h>
#include <features.h>

typedef int visit_fn(const char *, const struct stat *, int);

static _Thread_local visit_fn *visit;

static int call_visit(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	return visit(path, st, type);
}

int ftw(const char *path, visit_fn *fn, int fd_limit)
{
	visit_fn *outer = visit;
	int ret;

	visit = fn;
	ret = nftw(path, call_visit, fd_limit, FTW_PHYS);
	visit = outer;
	return ret;
}

weak_alias(ftw, ftw64);
