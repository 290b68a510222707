// SPDX-License-Identifier: Apache-2.0
/* log.c: the runner's own words, on stderr. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "output.h"
#include "util.h"

#define MAX_RULES 16

static struct {
	char module[16];
	enum log_level level;
} rules[MAX_RULES];
static unsigned int nrules;
static enum log_level default_level = LOG_WARN;
static _Atomic bool raw_terminal;
static void (*exit_hook)(void);

static bool parse_level(const char *name, size_t n, enum log_level *ret)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i]) == n && !memcmp(names[i], name, n)) {
			*ret = (enum log_level)i;
			return true;
		}
	return false;
}

static bool add_rule(const char *item, size_t n)
{
	const char *colon = memchr(item, ':', n);
	size_t length = colon ? (size_t)(colon - item) : 0;
	enum log_level level;

	if (!colon) {
		if (!parse_level(item, n, &level))
			return false;
		default_level = level;
		return true;
	}
	if (!parse_level(colon + 1, n - length - 1, &level) || !length ||
	    length >= sizeof(rules[0].module) || nrules == MAX_RULES)
		return false;
	if (length == 3 && !memcmp(item, "all", 3)) {
		default_level = level;
		return true;
	}
	memcpy(rules[nrules].module, item, length);
	rules[nrules++].level = level;
	return true;
}

bool log_configure(const char *spec)
{
	while (true) {
		size_t n = strcspn(spec, ",");

		if (!add_rule(spec, n))
			return false;
		if (!spec[n])
			return true;
		spec += n + 1;
	}
}

void log_set_level(enum log_level level)
{
	default_level = level;
}

bool log_enabled(const char *module, enum log_level level)
{
	unsigned int i;

	for (i = nrules; i-- > 0;)
		if (!strcmp(rules[i].module, module))
			return level <= rules[i].level;
	return level <= default_level;
}

/* One write, so that lines of several threads do not mix. */
static void put_line(const char *prefix, const char *fmt, va_list args)
{
	char line[2048];
	size_t n = (size_t)snprintf(line, sizeof(line), "%s", prefix);
	int more = vsnprintf(line + n, sizeof(line) - n - 2, fmt, args);

	if (more > 0)
		n = MIN(n + (size_t)more, sizeof(line) - 3);
	if (raw_terminal)
		line[n++] = '\r';
	line[n++] = '\n';
	output_write(STDERR_FILENO, line, n); /* or nobody is left to tell */
}

void log_line(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put_line("runner: ", fmt, args);
	va_end(args);
}

void log_text(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put_line("", fmt, args);
	va_end(args);
}

void log_set_raw(bool raw)
{
	raw_terminal = raw;
}

void log_set_exit_hook(void (*hook)(void))
{
	exit_hook = hook;
}

void die(int status, const char *fmt, ...)
{
	va_list args;

	if (exit_hook)
		exit_hook();
	va_start(args, fmt);
	put_line("runner: ", fmt, args);
	va_end(args);
	_exit(status);
}
