/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.h: the runner's own words, on stderr. A file that logs defines LOG_MODULE,
 * its name, before it includes this.
 */
#ifndef RUNNER_LOG_H
#define RUNNER_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

#define log_at(level, ...)                                            \
	do {                                                          \
		if (log_enabled(LOG_MODULE, level))                   \
			log_line(__VA_ARGS__);                        \
	} while (0)
#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_at(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)

/* MODULE:LEVEL[,MODULE:LEVEL...] or LEVEL. False: it is not of that form. */
bool log_configure(const char *spec);
/* The level of all modules that log_configure() does not name. */
void log_set_level(enum log_level level);

bool log_enabled(const char *module, enum log_level level);

/* One line on stderr, "runner: " before it. Any thread. */
void log_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same without "runner: ". */
void log_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The terminal is raw: lines have to end with CR LF. */
void log_set_raw(bool raw);

/* Called by die() before the process ends; restores the terminal. */
void log_set_exit_hook(void (*hook)(void));

/* One line, then the process ends with this status. Any thread. */
void die(int status, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));

#endif
