// SPDX-License-Identifier: Apache-2.0
/* failure.c: why something did not work. */
#include <stdarg.h>
#include <stdio.h>

#include "failure.h"

int failure_set(struct failure *f, int status, const char *fmt, ...)
{
	va_list ap;

	f->status = status;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
	return -1;
}
