// SPDX-License-Identifier: Apache-2.0
/* sanitize.c: the runner under ThreadSanitizer; else empty. */
#include "sanitize.h"

#if __has_feature(thread_sanitizer)

#include <dlfcn.h>
#include <errno.h>

/* Of TSan's run time: its interface for tests and compilers has no header. */
extern size_t __tsan_testonly_shadow_stack_current_size(void);
extern void __tsan_func_entry(void *pc);
extern void __tsan_func_exit(void);
const char *__tsan_default_options(void);
const char *__tsan_default_suppressions(void);

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
