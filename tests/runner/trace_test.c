// SPDX-License-Identifier: Apache-2.0
/* trace_test.c: entries of the ring that two host calls have, since it went round. */
#include <stdio.h>
#include <stdlib.h>

#include "log.h"
#include "trace.h"

static int lines;

void log_text(const char *format, ...)
{
	(void)format;
	lines++;
}

static void check(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "trace_test: %s\n", what);
	exit(1);
}

int main(void)
{
	static const u64 args[TRACE_ARGS];
	struct trace_entry *e;

	trace_set_printing(true);
	e = trace_enter(HOST_CALL_wasm_ext_protect, 0x100000, 0, args);
	trace_leave(e, 0);
	check(lines == 1, "a call is one line");
	/* Another call begins to write to it. */
	e->call = HOST_CALL_COUNT;
	trace_leave(e, 0);
	check(lines == 1, "a call that is not there yet is none");
	trace_dump(1);
	check(lines == 2, "in a dump, too");
	return 0;
}
