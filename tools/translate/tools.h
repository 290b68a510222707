/* SPDX-License-Identifier: Apache-2.0 */
/* tools.h: the programs that translating needs, and running them. */
#ifndef TRANSLATE_TOOLS_H
#define TRANSLATE_TOOLS_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "failure.h"

struct tools {
	char node[PATH_MAX], wasm2c[PATH_MAX];
	char clang[PATH_MAX], lld[PATH_MAX];
};

/*
 * Find them: clang-22 is $WL_CLANG or in PATH, ld.lld-22 beside it or in PATH,
 * wabt's directory is $WABT or the one known since the build. 0, or -1 with a
 * sentence that names what is missing and the command that installs it.
 */
int tools_find(struct tools *ret, struct failure *failure);

/*
 * Start a program in directory dir, its output going to dir/log. It is killed
 * when the calling thread ends. Its pid, or -1.
 */
pid_t tools_start(char *const argv[], const char *dir, const char *log,
		  struct failure *failure);

/*
 * Wait up to timeout_ms for any of n children (pid <= 0: none there). The
 * index of one that ended, with *status as from waitpid(), or -1.
 */
int tools_wait(const pid_t *pids, int n, int timeout_ms, int *status);

/* Kill a child and wait for its end. */
void tools_kill(pid_t pid);

#endif
