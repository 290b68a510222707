// SPDX-License-Identifier: Apache-2.0
/* debugger.c: debuggers that the runner starts, or waits for. */
#define LOG_MODULE "debugger"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "debugger.h"
#include "exit.h"
#include "futex.h"
#include "log.h"

#define LOOK_NS 500000000ull

/* The command line of a debugger, while it is made. */
struct words {
	char **p;
	size_t n;
};

static void add(struct words *w, const char *word)
{
	w->p[w->n++] = (char *)word;
	w->p[w->n] = NULL;
}

static void __attribute__((format(printf, 2, 3)))
add_text(struct words *w, const char *fmt, ...)
{
	char *text;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	if (n < 0)
		die(EXIT_HOST, "out of memory");
	add(w, text);
}

/* What $variable says, else the name that Debian's package has. */
static const char *program(const char *variable, const char *name)
{
	const char *value = getenv(variable);

	return value && *value ? value : name;
}

static const char *scripts(void)
{
	return program("WL_DEBUG_DIR", WL_DEBUG_DIR);
}

static void add_gdb(struct words *w, const char *self)
{
	add(w, program("WL_GDB", "gdb"));
	add(w, "-q");
	/* The script beside the runner is ours, but is not needed. */
	add(w, "-iex");
	add_text(w, "add-auto-load-safe-path %.*s",
		 (int)(strrchr(self, '/') - self), self);
	add(w, "-x");
	add_text(w, "%s/wl_gdb.py", scripts());
	add(w, "-ex");
	add(w, "wl-start");
	add(w, "--args");
	add(w, self);
}

static void add_lldb(struct words *w, const char *self)
{
	add(w, program("WL_LLDB", "lldb-22"));
	add(w, "-o");
	add_text(w, "command script import \"%s/wl_lldb.py\"", scripts());
	add(w, "-o");
	/* It shares the terminal with the guest. */
	add(w, "settings set show-statusline false");
	add(w, "-o");
	add(w, "wl-start --at-prompt");
	add(w, "--");
	add(w, self);
}

static bool is_ours(const char *word)
{
	return !strcmp(word, "--gdb") || !strcmp(word, "--lldb");
}

/* In front, so that what the user says comes later and counts. */
static void add_runner(struct words *w, char **argv)
{
	bool options = true;

	add(w, "--level=debug");
	add(w, "--ctrl-c=debugger");
	for (argv++; *argv; argv++) {
		options &= strcmp(*argv, "--") != 0;
		if (!options || !is_ours(*argv))
			add(w, *argv);
	}
}

void debugger_exec(enum debugger debugger, char **argv)
{
	static char self[PATH_MAX];
	struct words w = { 0 };
	size_t n = 32;
	char **p;

	if (!realpath("/proc/self/exe", self))
		die(EXIT_HOST, "/proc/self/exe: %s", strerror(errno));
	for (p = argv; *p; p++)
		n++;
	w.p = calloc(n, sizeof(*w.p));
	if (!w.p)
		die(EXIT_HOST, "out of memory");
	(debugger == DEBUGGER_GDB ? add_gdb : add_lldb)(&w, self);
	add_runner(&w, argv);
	execvp(w.p[0], w.p);
	die(EXIT_TOOL, "%s cannot be executed: %s; install it (tools/deps)",
	    w.p[0], strerror(errno));
}

/* The beginning of a small file, or "". By system calls only: also in a handler of
 * signals. */
static void read_start(char *buf, size_t size, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	buf[n > 0 ? n : 0] = 0;
	if (fd >= 0)
		close(fd);
}

bool debugger_is_there(void)
{
	static const char label[] = "\nTracerPid:\t";
	char status[512];
	const char *found;

	read_start(status, sizeof(status), "/proc/self/status");
	found = strstr(status, label);
	return found && found[sizeof(label) - 1] != '0';
}

bool debugger_was_there(void)
{
	static _Atomic u64 looked_ns;
	static _Atomic bool is_there;
	u64 now = clock_ns(CLOCK_MONOTONIC);

	if (now - looked_ns >= LOOK_NS) {
		looked_ns = now;
		is_there = debugger_is_there();
	}
	return is_there;
}

bool debugger_holds_others(void)
{
	char stat[128];
	const char *name_end;

	if (!debugger_was_there())
		return false;
	read_start(stat, sizeof(stat), "/proc/self/stat");
	name_end = strrchr(stat, ')');
	return name_end && !strncmp(name_end, ") t", 3);
}

void debugger_wait(void)
{
	const struct timespec pause = { .tv_nsec = 20000000 };

	/* Where only parents may trace: anybody of this user may, now. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	log_text("runner: waiting for a debugger: gdb -p %d, or lldb-22 -p %d",
		 (int)getpid(), (int)getpid());
	while (!debugger_is_there())
		nanosleep(&pause, NULL);
}
