// SPDX-License-Identifier: Apache-2.0
/* tools.c: the programs that translating needs, and running them. */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools.h"

#ifndef WL_WABT_DIR
#define WL_WABT_DIR ""
#endif

#define CHILD_STACK ((rlim_t)64 << 20)
#define CHILD_SECONDS 3600

/* Absolute: programs are run in another folder. */
static bool take(const char *path, int mode, char *ret)
{
	char dir[PATH_MAX] = "";

	if (access(path, mode) ||
	    (*path != '/' && !getcwd(dir, sizeof(dir))))
		return false;
	return snprintf(ret, PATH_MAX, "%s%s%s", dir, *dir ? "/" : "", path) <
	       PATH_MAX;
}

static bool find_in_path(const char *name, char *ret)
{
	const char *path = getenv("PATH"), *end;
	char found[PATH_MAX];

	if (strchr(name, '/'))
		return take(name, X_OK, ret);
	for (path = path ? path : "/usr/bin:/bin"; *path;
	     path = *end ? end + 1 : end) {
		end = strchrnul(path, ':');
		snprintf(found, sizeof(found), "%.*s/%s", (int)(end - path),
			 path, name);
		if (take(found, X_OK, ret))
			return true;
	}
	return false;
}

static int find_wabt(struct tools *t, struct failure *failure)
{
	const char *dir = getenv("WABT");
	char found[PATH_MAX];

	if (!dir || !*dir)
		dir = WL_WABT_DIR;
	snprintf(found, sizeof(found), "%s/bin/wasm2c", dir);
	if (take(found, R_OK, t->wasm2c))
		return 0;
	snprintf(found, sizeof(found), "%s/node_modules/wabt/bin/wasm2c", dir);
	if (take(found, R_OK, t->wasm2c))
		return 0;
	return failure_set(failure, FAIL_TOOL, "wasm2c of wabt 1.0.39 is "
			   "missing (looked in \"%s\"); install it with "
			   "`npm install wabt@1.0.39` and set WABT to that "
			   "directory", dir);
}

int tools_find(struct tools *t, struct failure *failure)
{
	const char *clang = getenv("WL_CLANG");
	char *slash;

	if (!find_in_path("node", t->node))
		return failure_set(failure, FAIL_TOOL, "node is missing; "
				   "install it with `apt install nodejs`");
	if (!find_in_path(clang && *clang ? clang : "clang-22", t->clang))
		return failure_set(failure, FAIL_TOOL, "%s is missing; install "
				   "it with `apt install clang-22 lld-22`",
				   clang && *clang ? clang : "clang-22");
	snprintf(t->lld, sizeof(t->lld), "%s", t->clang);
	slash = strrchr(t->lld, '/');
	slash[1] = 0;
	strncat(t->lld, "ld.lld-22", sizeof(t->lld) - strlen(t->lld) - 1);
	if (access(t->lld, X_OK) && !find_in_path("ld.lld-22", t->lld))
		return failure_set(failure, FAIL_TOOL, "ld.lld-22 is missing; "
				   "install it with `apt install lld-22`");
	return find_wabt(t, failure);
}

/*
 * Ours, and how malloc(3) is to serve compilers: from huge pages, and as it comes; see
 * "Tunables" in glibc's manual. Other C libraries do not care. NULL: out of memory.
 */
static char **environment(void)
{
	static char tunables[] = "GLIBC_TUNABLES=glibc.malloc.hugetlb=1:"
				 "glibc.malloc.tcache_count=65535";
	char **env;
	size_t n = 0;

	while (environ[n])
		n++;
	env = calloc(n + 2, sizeof(*env));
	if (!env)
		return NULL;
	memcpy(env, environ, n * sizeof(*env));
	if (!getenv("GLIBC_TUNABLES"))
		env[n] = tunables;
	return env;
}

/*
 * The child shares our memory until exec: only system calls. Its signal
 * handlers are its own table, so resetting them does not touch ours.
 */
static void become(char *const argv[], char **env, int dir, int null, int out,
		   pid_t parent)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };
	struct rlimit limit;
	sigset_t none;
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* wasm2c and clang recurse over nested blocks. */
	if (!getrlimit(RLIMIT_STACK, &limit) && limit.rlim_cur < CHILD_STACK) {
		limit.rlim_cur = limit.rlim_max < CHILD_STACK ?
				 limit.rlim_max : CHILD_STACK;
		setrlimit(RLIMIT_STACK, &limit);
	}
	/* Whoever made the module may have wanted it never to end. */
	limit = (struct rlimit){ CHILD_SECONDS, CHILD_SECONDS };
	setrlimit(RLIMIT_CPU, &limit);
	for (i = 1; i < NSIG; i++)
		sigaction(i, &sa, NULL);
	if (getppid() != parent || fchdir(dir) || dup2(null, 0) < 0 ||
	    dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(126);
	syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(argv[0], argv, env);
	_exit(127);
}

pid_t tools_start(char *const argv[], const char *dir, const char *log,
		  struct failure *failure)
{
	int dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int out = openat(dir_fd, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
			 0644);
	char **env = environment();
	pid_t parent = getpid(), pid = -1;
	sigset_t all, old;

	if (env && dir_fd >= 0 && null >= 0 && out >= 0) {
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &old);
		pid = vfork();
		if (!pid)
			become(argv, env, dir_fd, null, out, parent);
		pthread_sigmask(SIG_SETMASK, &old, NULL);
	}
	if (pid < 0)
		failure_set(failure, out < 0 && null >= 0 ? FAIL_WRITE :
			    FAIL_HOST, "cannot start %s: %s", argv[0],
			    strerror(errno));
	close(dir_fd);
	close(null);
	close(out);
	free(env);
	return pid;
}

int tools_wait(const pid_t *pids, int n, int timeout_ms, int *status)
{
	struct pollfd fds[n];
	int i, found = -1;

	for (i = 0; i < n; i++) {
		fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
		if (pids[i] > 0)
			fds[i].fd = (int)syscall(SYS_pidfd_open, pids[i], 0);
	}
	poll(fds, (nfds_t)n, timeout_ms);
	for (i = 0; i < n; i++) {
		if (found < 0 && pids[i] > 0 &&
		    waitpid(pids[i], status, WNOHANG) == pids[i])
			found = i;
		if (fds[i].fd >= 0)
			close(fds[i].fd);
	}
	return found;
}

void tools_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
