// SPDX-License-Identifier: Apache-2.0
/* sanitize.c: the runner under ThreadSanitizer. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exit.h"
#include "log.h"
#include "sanitize.h"

#ifdef RUNNER_RACE
void sanitize_exec(const char *sanitizer, char **argv)
{
	(void)sanitizer;
	(void)argv;
}
#else
/* What makes lines of addresses has a version in its name. */
static void find_symbolizer(void)
{
	static const char symbolizer[] = "/usr/bin/llvm-symbolizer-22";
	const char *options = getenv("TSAN_OPTIONS");
	char text[1024];

	if (access(symbolizer, X_OK))
		return;
	snprintf(text, sizeof(text), "external_symbolizer_path=%s:%s",
		 symbolizer, options ? options : "");
	setenv("TSAN_OPTIONS", text, 1);
}

void sanitize_exec(const char *sanitizer, char **argv)
{
	char path[PATH_MAX + 16];
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (n < 0)
		die(EXIT_HOST, "/proc/self/exe: %s", strerror(errno));
	path[n] = 0;
	strcpy(strrchr(path, '/') + 1, "runner-");
	strncat(path, sanitizer, 8);
	find_symbolizer();
	execv(path, argv);
	die(EXIT_TOOL, "--sanitize=%s needs %s, which is built beside the "
	    "runner: %s", sanitizer, path, strerror(errno));
}
#endif

#if __has_feature(thread_sanitizer) || defined(RUNNER_RACE)

#include <dlfcn.h>

/* Of TSan's run time: its interface for tests and compilers has no header. */
extern size_t __tsan_testonly_shadow_stack_current_size(void);
extern void __tsan_func_entry(void *pc);
extern void __tsan_func_exit(void);
const char *__tsan_default_options(void);

/* Faults are the guest's before they are TSan's (fault.c). */
const char *__tsan_default_options(void)
{
	return "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:"
	       "handle_abort=0:use_sigaltstack=0:exitcode=79";
}

NOT_SANITIZED size_t sanitize_depth(void)
{
	return __tsan_testonly_shadow_stack_current_size();
}

/* What is missing was lost to vfork(): the calls are back, their names are not. */
NOT_SANITIZED void sanitize_set_depth(size_t depth)
{
	while (sanitize_depth() > depth)
		__tsan_func_exit();
	while (sanitize_depth() < depth)
		__tsan_func_entry(__builtin_return_address(0));
}

int sanitize_sigaction(int signo, const struct sigaction *sa)
{
	int (*real)(int, const struct sigaction *, struct sigaction *);

	real = dlsym(RTLD_NEXT, "sigaction");
	if (real)
		return real(signo, sa, NULL);
	errno = ENOSYS;
	return -1;
}

#endif
