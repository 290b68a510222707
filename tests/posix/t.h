/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t.h: what the programs of this folder print with. What they print has to be
 * the same on the host's Linux and in the guest, so it names no address, number
 * of a process, or time, only what is true of them.
 */
#ifndef T_H
#define T_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

#define UNUSED __attribute__((unused))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A line, at once: may be called in handlers and in children of vfork(). */
UNUSED __attribute__((format(printf, 1, 2)))
static void say(const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	if (n > (int)sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	if (write(1, line, n) != n)
		_exit(99);
}

UNUSED static const char *error_name(int error)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {
#define E(name) { name, #name }
		E(EPERM), E(ENOENT), E(ESRCH), E(EINTR), E(EIO), E(ENXIO),
		E(E2BIG), E(ENOEXEC), E(EBADF), E(ECHILD), E(EAGAIN),
		E(ENOMEM), E(EACCES), E(EFAULT), E(EBUSY), E(EEXIST),
		E(ENODEV), E(ENOTDIR), E(EISDIR), E(EINVAL), E(EMFILE),
		E(ENOTTY), E(EFBIG), E(ENOSPC), E(ESPIPE), E(EPIPE), E(ERANGE),
		E(EDEADLK), E(ENOSYS), E(ENOMSG), E(EIDRM), E(EMSGSIZE),
		E(EADDRINUSE), E(ECONNREFUSED), E(ECONNRESET), E(ENOTCONN),
		E(EISCONN), E(ETIMEDOUT), E(EINPROGRESS), E(EALREADY),
		E(EOWNERDEAD), E(ENOTRECOVERABLE), E(ECANCELED), E(EOVERFLOW),
		E(ENOTSUP), E(EDESTADDRREQ), E(EPROTONOSUPPORT),
#undef E
	};
	static char other[32];
	size_t i;

	if (!error)
		return "0";
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].error == error)
			return names[i].name;
	snprintf(other, sizeof(other), "error %d", error);
	return other;
}

UNUSED static long report_call(const char *text, long result, int error)
{
	if (result == -1)
		say("%s: -1 %s", text, error_name(error));
	else
		say("%s: %ld", text, result);
	return result;
}

UNUSED static bool report_is(const char *text, bool is)
{
	say("%s: %s", text, is ? "yes" : "no");
	return is;
}

/* A number; what a function that sets errno returned; an error number; a truth. */
#define VAL(e) say("%s = %ld", #e, (long)(e))
#define CALL(e) REPORT(#e, e)
#define RET(e) say("%s: %s", #e, error_name(e))
#define IS(e) report_is(#e, (e))

#define REPORT(text, e)                                                       \
	({                                                                    \
		long result_;                                                 \
		errno = 0;                                                    \
		result_ = (long)(e);                                          \
		report_call(text, result_, errno);                            \
	})

/* What the test cannot go on without. */
#define MUST(e)                                                               \
	do {                                                                  \
		errno = 0;                                                    \
		if (!(e)) {                                                   \
			say("line %d: %s is not so (%s)", __LINE__, #e,       \
			    error_name(errno));                               \
			_exit(98);                                            \
		}                                                             \
	} while (0)

UNUSED static long long now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ll + ts.tv_nsec / 1000;
}

UNUSED static void sleep_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

/* As /proc says: 'R' if it runs or could, 'S' if it waits and a signal ends that. */
UNUSED static char state_of(pid_t pid, pid_t tid)
{
	char text[200], *end;
	int fd, n;

	snprintf(text, sizeof(text), "/proc/%d/task/%d/stat", pid, tid);
	fd = open(text, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	end = strrchr(text, ')');
	return end ? end[2] : 0;
}

/* Until a task waits, which has to be for what is meant. */
UNUSED static void await_sleep(pid_t pid, pid_t tid)
{
	while (state_of(pid, tid) != 'S')
		sleep_ms(1);
}

UNUSED static void on_signal_flags(int sig, void (*handler)(int), int flags)
{
	struct sigaction sa = { .sa_handler = handler, .sa_flags = flags };

	sigemptyset(&sa.sa_mask);
	MUST(!sigaction(sig, &sa, NULL));
}

UNUSED static void on_signal_info(int sig,
				  void (*handler)(int, siginfo_t *, void *),
				  int flags)
{
	struct sigaction sa = {
		.sa_sigaction = handler,
		.sa_flags = SA_SIGINFO | flags,
	};

	sigemptyset(&sa.sa_mask);
	MUST(!sigaction(sig, &sa, NULL));
}

UNUSED static sigset_t set_of(int sig, ...)
{
	sigset_t set;
	va_list ap;

	sigemptyset(&set);
	va_start(ap, sig);
	for (; sig; sig = va_arg(ap, int))
		sigaddset(&set, sig);
	va_end(ap);
	return set;
}
#define SET_OF(...) (*(sigset_t[]){ set_of(__VA_ARGS__, 0) })

UNUSED static void say_status(const char *what, int status)
{
	if (WIFEXITED(status))
		say("%s: exit %d", what, WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		say("%s: signal %d", what, WTERMSIG(status));
	else if (WIFSTOPPED(status))
		say("%s: stopped by %d", what, WSTOPSIG(status));
	else if (WIFCONTINUED(status))
		say("%s: continued", what);
	else
		say("%s: status %x", what, status);
}

/* Start this program again with these arguments (up to NULL). */
UNUSED static pid_t spawn_self(const char *a, const char *b, const char *c)
{
	char *argv[] = { "self", (char *)a, (char *)b, (char *)c, NULL };
	extern const char *self_path;
	pid_t pid;

	MUST(!posix_spawn(&pid, self_path, NULL, NULL, argv, environ));
	return pid;
}

UNUSED static int wait_status(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0) {
		int error = errno; /* MUST() clears it */

		MUST(error == EINTR);
	}
	return status;
}

/* Set by main(): the path of this program. */
const char *self_path;

#define SELF(argv)                                                            \
	do {                                                                  \
		self_path = getenv("SELF") ? getenv("SELF") : (argv)[0];      \
		setenv("SELF", self_path, 1);                                 \
	} while (0)

#endif
