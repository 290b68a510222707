/* SPDX-License-Identifier: Apache-2.0 */
/* failure.h: why something did not work: a sentence and an exit status. */
#ifndef TRANSLATE_FAILURE_H
#define TRANSLATE_FAILURE_H

enum {
	FAIL_INPUT = 65,   /* the module is damaged or not supported */
	FAIL_NO_INPUT = 66,/* the module cannot be read */
	FAIL_TOOL = 69,	   /* a tool is missing */
	FAIL_HOST = 71,	   /* the system let us down */
	FAIL_WRITE = 73,   /* the cache or the disk cannot be written */
	FAIL_CANCELLED = 130
};

struct failure {
	int status;
	char text[480];
};

/* Set *f and return -1, so that `return failure_set(...)` reads well. */
int failure_set(struct failure *f, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
