/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sanitize.h: what the runner needs to work under ThreadSanitizer as well
 * (preset tsan). TSan keeps a stack of calls for each thread, and calls signal
 * handlers when it suits it; both are wrong for who leaves frames by a jump and
 * enters the guest from a handler.
 */
#ifndef RUNNER_SANITIZE_H
#define RUNNER_SANITIZE_H

#include <signal.h>
#include <stddef.h>

#if __has_feature(thread_sanitizer) || defined(RUNNER_RACE)
/* For what a handler runs before it knows that it interrupted guest text, and
 * not, for one, TSan. */
#define NOT_SANITIZED __attribute__((disable_sanitizer_instrumentation))

/* How deep TSan believes the calling thread's stack to be. */
size_t sanitize_depth(void);
/* Make it believe so. */
void sanitize_set_depth(size_t depth);

/* sigaction(2) of a handler that runs at once. -1 and errno. */
int sanitize_sigaction(int signo, const struct sigaction *sa);
#else
#define NOT_SANITIZED
#define sanitize_depth() ((size_t)0)
#define sanitize_set_depth(depth) ((void)(depth))
#define sanitize_sigaction(signo, sa) sigaction(signo, sa, NULL)
#endif

/* Become the runner for a sanitizer of the guest, unless it is this one. Dies. */
void sanitize_exec(const char *sanitizer, char **argv);

#endif
