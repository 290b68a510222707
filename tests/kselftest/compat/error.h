/* SPDX-License-Identifier: Apache-2.0 */
/* error.h: glibc's error(3). */
#ifndef ERROR_H
#define ERROR_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 3, 4)))
static inline void error(int status, int number, const char *format, ...)
{
	va_list ap;

	fflush(stdout);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "%s%s\n", number ? ": " : "",
		number ? strerror(number) : "");
	if (status)
		exit(status);
}

#endif
