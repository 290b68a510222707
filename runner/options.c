// SPDX-License-Identifier: Apache-2.0
/* options.c: the command line. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exit.h"
#include "log.h"
#include "options.h"

#ifndef RUNNER_VERSION
#define RUNNER_VERSION "0.1"
#endif

#define MIN_MEMORY ((u64)4 << 20)
#define MAX_MEMORY ((u64)4 << 30)
#define MAX_GUEST_CPUS 8
#define MAX_CLOCK_RATE 100

static __attribute__((noreturn, format(printf, 1, 2)))
void usage(const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	die(EXIT_USAGE, "%s; see --help", text);
}

static void set_memory(struct options *o, const char *value)
{
	static const char units[] = "KMG";
	char *end;
	double size = strtod(value, &end);
	const char *unit = isalpha((unsigned char)*end) ?
			   strchr(units, *end & ~0x20) : NULL;

	if (unit)
		size *= (double)(1u << 10 * (unit - units + 1));
	if (end == value || !isfinite(size) || (*end && (!unit || end[1])))
		usage("--memory=%s is not a size such as 256M", value);
	if (size < (double)MIN_MEMORY || size > (double)MAX_MEMORY)
		usage("--memory=%s is not between 4M and 4G", value);
	o->memory_bytes = (u64)size;
}

static void set_cpus(struct options *o, const char *value)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (end == value || *end || n < 1 || n > MAX_GUEST_CPUS)
		usage("--cpus=%s is not a number from 1 to %d", value,
		      MAX_GUEST_CPUS);
	o->cpus = (u32)n;
}

static void set_cache(struct options *o, const char *value)
{
	if (!*value)
		usage("--cache= names no folder");
	o->translate.cache_dir = value;
}

static void set_level(struct options *o, const char *value)
{
	o->translate.level = level_find(value);
	if (!o->translate.level)
		usage("--level=%s is not one of the levels that --help tells",
		      value);
}

/* Programs are compiled for it; which runner is to run them, main.c sees to. */
static void set_sanitizer(struct options *o, const char *value)
{
	if (strcmp(value, "thread"))
		usage("--sanitize=%s is not --sanitize=thread", value);
	o->sanitizer = value;
}

static void set_log(struct options *o, const char *value)
{
	(void)o;
	if (!log_configure(value))
		usage("--log=%s is not of the form MODULE:LEVEL,... with the "
		      "levels error, warn, info and debug", value);
}

static void set_verbose(struct options *o, const char *value)
{
	(void)o;
	(void)value;
	log_set_level(LOG_INFO);
}

static void set_quiet(struct options *o, const char *value)
{
	(void)o;
	(void)value;
	log_set_level(LOG_ERROR);
}

static void set_trace(struct options *o, const char *value)
{
	if (value && strcmp(value, "calls"))
		usage("--trace=%s is not --trace=calls", value);
	o->trace = true;
}

static void set_gdb(struct options *o, const char *value)
{
	(void)value;
	o->debugger = DEBUGGER_GDB;
}

static void set_lldb(struct options *o, const char *value)
{
	(void)value;
	o->debugger = DEBUGGER_LLDB;
}

static void set_wait(struct options *o, const char *value)
{
	(void)value;
	o->wait_for_debugger = true;
}

static void set_ctrl_c(struct options *o, const char *value)
{
	o->debugger_has_ctrl_c = !strcmp(value, "debugger");
	if (!o->debugger_has_ctrl_c && strcmp(value, "guest"))
		usage("--ctrl-c=%s is neither guest nor debugger", value);
}

static void add_text(const char ***list, unsigned int *n, const char *value)
{
	*list = realloc(*list, (*n + 1) * sizeof(**list));
	if (!*list)
		die(EXIT_HOST, "out of memory");
	(*list)[(*n)++] = value;
}

static void set_watch(struct options *o, const char *value)
{
	add_text(&o->watch.watches, &o->watch.nwatches, value);
}

static void set_watch_action(struct options *o, const char *value)
{
	static const char *const names[] = {
		[WATCH_PRINT] = "print", [WATCH_STOP] = "stop",
		[WATCH_ABORT] = "abort",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names) && strcmp(names[i], value); i++)
		;
	if (i == ARRAY_SIZE(names))
		usage("--watch-action=%s is not print, stop or abort", value);
	o->watch.action = (enum watch_action)i;
}

static void set_watch_checks(struct options *o, const char *value)
{
	(void)value;
	o->watch.checks = true;
}

static void set_record(struct options *o, const char *value)
{
	add_text(&o->watch.records, &o->watch.nrecords, value);
}

static void set_expect(struct options *o, const char *value)
{
	o->expect = value;
}

static void set_timeout(struct options *o, const char *value)
{
	char *end;

	o->timeout_s = strtod(value, &end);
	if (end == value || *end || !isfinite(o->timeout_s) ||
	    o->timeout_s <= 0 || o->timeout_s > 1e6)
		usage("--timeout=%s is not a number of seconds", value);
}

static void set_clock_rate(struct options *o, const char *value)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (end == value || *end || n < 1 || n > MAX_CLOCK_RATE)
		usage("--clock-rate=%s is not a number from 1 to %d", value,
		      MAX_CLOCK_RATE);
	o->clock_rate = (u32)n;
}

static void show_help(struct options *o, const char *value);
static void show_version(struct options *o, const char *value);

static const struct option {
	const char *name, *letter, *argument; /* "[X]": may be left out */
	void (*set)(struct options *o, const char *value);
	const char *help;
} table[] = {
	{ "memory", NULL, "SIZE", set_memory,
	  "memory of the guest, such as 64M or 1G (default 256M)" },
	{ "cpus", NULL, "N", set_cpus, "number of CPUs, 1 to 8 (default 2)" },
	{ "cache", NULL, "DIR", set_cache,
	  "where translated modules are kept\n"
	  "(default $XDG_CACHE_HOME/linux-wasm, else ~/.cache/linux-wasm)" },
	{ "level", NULL, "LEVEL", set_level,
	  "how modules are compiled: release (default), which is fast\n"
	  "to run, debug, in which every line can be stepped to, or\n"
	  "check, in which every store can be watched" },
	{ "clock-rate", NULL, "N", set_clock_rate,
	  "the guest's clocks run N times as fast as the host's,\n"
	  "1 (default) to 100: what takes hours is seen in minutes" },
	{ "sanitize", NULL, "thread", set_sanitizer,
	  "report races of programs, with ThreadSanitizer" },
	{ "expect", NULL, "REGEX", set_expect,
	  "end with status 0 when a line of the console matches\n"
	  "this POSIX extended regular expression" },
	{ "timeout", NULL, "S", set_timeout, "end after S seconds" },
	{ "log", NULL, "SPEC", set_log,
	  "MODULE:LEVEL,...: module all or a file of runner/,\n"
	  "level error, warn (default), info or debug" },
	{ "verbose", "v", NULL, set_verbose, "the same as --log=all:info" },
	{ "quiet", "q", NULL, set_quiet, "the same as --log=all:error" },
	{ "trace", NULL, "[calls]", set_trace, "print each host call" },
	{ "gdb", NULL, NULL, set_gdb,
	  "run in gdb, stopped where the kernel begins; implies\n"
	  "--level=debug and --ctrl-c=debugger" },
	{ "lldb", NULL, NULL, set_lldb, "the same in lldb" },
	{ "wait-for-debugger", NULL, NULL, set_wait,
	  "do not start the guest before a debugger is attached" },
	{ "ctrl-c", NULL, "WHO", set_ctrl_c,
	  "who gets Ctrl-C in a terminal: guest (default), or debugger;\n"
	  "Ctrl-A c gives it to the guest then" },
	{ "watch", NULL, "PLACE", set_watch,
	  "show who writes to SYMBOL[.MEMBER][+OFFSET] or ADDRESS,\n"
	  "[:LENGTH], [:CONDITION,...]: value==1, value!=old, old&0x80,\n"
	  "cpu==0, task==sh; several times, if need be" },
	{ "watch-action", NULL, "WHAT", set_watch_action,
	  "print (default), stop or abort, when that happens" },
	{ "watch-checks", NULL, NULL, set_watch_checks,
	  "watch by checks in the stores, even if the CPU could do it" },
	{ "record-writes", NULL, "PLACE", set_record,
	  "keep who wrote to SYMBOL or ADDRESS, [:LENGTH], or all memory\n"
	  "(all), for reports and for wl-writers of a debugger" },
	{ "help", "h", NULL, show_help, "this text" },
	{ "version", NULL, NULL, show_version, "the version" },
};

static void print_column(const char *left, const char *text)
{
	size_t n = strcspn(text, "\n");

	printf("  %-20s %.*s\n", left, (int)n, text);
	if (text[n])
		print_column("", text + n + 1);
}

static void show_help(struct options *o, const char *value)
{
	unsigned int i;
	char left[64];

	(void)o;
	(void)value;
	printf("usage: runner [option]... VMLINUX INITRAMFS "
	       "[-- kernel parameter...]\n\n"
	       "Runs Linux compiled to WebAssembly. VMLINUX is a .wasm file or "
	       "an already\ntranslated .so, INITRAMFS a cpio archive, plain or "
	       "gzipped. The guest's console\nis stdin and stdout; in a "
	       "terminal, Ctrl-A h shows what else there is.\n\n");
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		const struct option *t = &table[i];

		snprintf(left, sizeof(left), "%s%s%s--%s%s%s",
			 t->letter ? "-" : "", t->letter ? t->letter : "",
			 t->letter ? ", " : "", t->name,
			 !t->argument ? "" : *t->argument == '[' ? "[=" : "=",
			 !t->argument ? "" : t->argument +
				 (*t->argument == '['));
		print_column(left, t->help);
	}
	printf("\nexit status:\n");
#define HELP_ROW(name, status, text) \
	snprintf(left, sizeof(left), "%3d", status); \
	print_column(left, text);
	EXIT_STATUSES(HELP_ROW)
	exit(fflush(stdout) ? EXIT_HOST : EXIT_OK);
}

static void show_version(struct options *o, const char *value)
{
	(void)o;
	(void)value;
	printf("linux-wasm runner " RUNNER_VERSION "\n");
	exit(fflush(stdout) ? EXIT_HOST : EXIT_OK);
}

static const struct option *find_long(const char *name, size_t n)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		if (strlen(table[i].name) == n &&
		    !memcmp(table[i].name, name, n))
			return &table[i];
	return NULL;
}

/* Number of arguments used up. */
static int parse_long(struct options *o, char **argv)
{
	const char *name = argv[0] + 2;
	size_t n = strcspn(name, "=");
	const struct option *t = find_long(name, n);
	const char *value = name[n] ? name + n + 1 : NULL;

	if (!t)
		usage("unknown option --%.*s", (int)n, name);
	if (!t->argument && value)
		usage("--%s takes no value", t->name);
	if (t->argument && *t->argument != '[' && !value) {
		if (!argv[1])
			usage("--%s needs a value", t->name);
		t->set(o, argv[1]);
		return 2;
	}
	t->set(o, value);
	return 1;
}

static void parse_letters(struct options *o, const char *letters)
{
	unsigned int i;

	for (; *letters; letters++) {
		for (i = 0; i < ARRAY_SIZE(table); i++)
			if (table[i].letter && *table[i].letter == *letters)
				break;
		if (i == ARRAY_SIZE(table))
			usage("unknown option -%c", *letters);
		table[i].set(o, NULL);
	}
}

static void parse_operand(struct options *o, const char *value)
{
	if (!o->kernel)
		o->kernel = value;
	else if (!o->initramfs)
		o->initramfs = value;
	else
		usage("too many files: %s; parameters for the kernel come "
		      "after --", value);
}

static void default_cache(struct options *o)
{
	const char *dir = getenv("XDG_CACHE_HOME"), *tail = "";
	char *path;

	if (!dir || *dir != '/') {
		dir = getenv("HOME");
		tail = "/.cache";
	}
	if (!dir || *dir != '/')
		usage("neither HOME nor XDG_CACHE_HOME is set: say where to "
		      "keep translated modules with --cache=DIR");
	if (asprintf(&path, "%s%s/linux-wasm", dir, tail) < 0)
		die(EXIT_HOST, "out of memory");
	o->translate.cache_dir = path;
}

/* Of the host: its own name, without its domain, as far as it is plain. */
static void get_host_name(char name[32])
{
	static const char plain[] = "-0123456789abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	if (gethostname(name, 32))
		name[0] = 0;
	name[31] = 0;
	name[strspn(name, plain)] = 0;
	if (!name[0])
		strcpy(name, "linux");
}

static void make_command_line(struct options *o, char **parameters)
{
	char name[32];
	size_t n = 128;
	char **p;

	for (p = parameters; *p; p++)
		n += strlen(*p) + 1;
	o->command_line = malloc(n);
	if (!o->command_line)
		die(EXIT_HOST, "out of memory");
	get_host_name(name);
	sprintf(o->command_line, "console=hvc0 cpus=%u hostname=%s", o->cpus,
		name);
	for (p = parameters; *p; p++) {
		strcat(o->command_line, " ");
		strcat(o->command_line, *p);
	}
}

void options_parse(struct options *o, int argc, char **argv)
{
	static char *none[] = { NULL };
	char **parameters = none;
	int i = 1;

	*o = (struct options){ .memory_bytes = (u64)256 << 20, .cpus = 2, .clock_rate = 1 };
	while (i < argc) {
		if (!strcmp(argv[i], "--")) {
			parameters = argv + i + 1;
			break;
		}
		if (!strncmp(argv[i], "--", 2)) {
			i += parse_long(o, argv + i);
			continue;
		}
		if (argv[i][0] == '-' && argv[i][1])
			parse_letters(o, argv[i] + 1);
		else
			parse_operand(o, argv[i]);
		i++;
	}
	if (!o->kernel)
		usage("no kernel given");
	if (!o->initramfs)
		usage("no initramfs given");
	if (!o->translate.cache_dir)
		default_cache(o);
	if (!o->translate.level)
		o->translate.level = level_find(o->debugger ? "debug" : NULL);
	o->programs = o->translate;
	if (o->sanitizer)
		o->programs.level = level_find("tsan");
	else if (o->translate.level == level_find("tsan"))
		usage("--level=tsan is what --sanitize=thread uses");
	make_command_line(o, parameters);
}
