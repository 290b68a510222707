// SPDX-License-Identifier: Apache-2.0
/* report.c: where a thread is, and how it came there. */
#include <dlfcn.h>
#include <execinfo.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "report.h"
#include "symbols.h"
#include "task.h"
#include "trace.h"

#define MAX_DEPTH 1024
#define MAX_SHOWN 64
#define LAST_CALLS 64

void report_init(void)
{
	void *pc[2];

	backtrace(pc, ARRAY_SIZE(pc));
}

/* A return address may be past the end of a function that calls the last. */
static int put_guest_frame(char *buf, size_t n, void *pc, bool with_module)
{
	struct place place;
	int length;

	if (!symbols_place((char *)pc - 1, &place))
		return 0;
	place.offset++;
	buf[0] = ' ';
	length = 1 + symbols_print(buf + 1, n - 2, &place, with_module);
	length = (int)MIN((size_t)length, n - 2);
	if (!with_module)
		strcpy(buf + length++, "\n");
	return length;
}

/* Frame i of a recursion, of which some in the middle are not shown. */
static bool is_repeated(void **pcs, int i, int depth)
{
	return i > 1 && i + 1 < depth && pcs[i] == pcs[i - 1] &&
	       pcs[i] == pcs[i - 2] && pcs[i] == pcs[i + 1];
}

void report_stack(char *buf, size_t n)
{
	void *pcs[MAX_DEPTH];
	int depth = backtrace(pcs, MAX_DEPTH), i;
	size_t used = 0;

	buf[0] = 0;
	for (i = 0; i < depth; i++) {
		char line[256];
		int length;

		if (is_repeated(pcs, i, depth))
			continue;
		length = put_guest_frame(line, sizeof(line), pcs[i], false);
		if (length <= 0 || used + (size_t)length >= n)
			continue;
		memcpy(buf + used, line, (size_t)length + 1);
		used += (size_t)length;
	}
}

/* For addr2line: the runner's own static functions have no names here. */
static void print_host_frame(void *pc)
{
	Dl_info info;

	if (!dladdr((char *)pc - 1, &info))
		return;
	log_text("    [%s+0x%zx] %s", basename(info.dli_fname),
		 (size_t)((char *)pc - (char *)info.dli_fbase),
		 info.dli_sname ? info.dli_sname : "");
}

static void print_stack(void)
{
	void *pcs[MAX_DEPTH];
	int depth = backtrace(pcs, MAX_DEPTH), i, shown = 0;

	log_text("stack of this thread, innermost first:");
	for (i = 0; i < depth && shown < MAX_SHOWN; i++) {
		char line[256];

		if (is_repeated(pcs, i, depth))
			continue;
		if (put_guest_frame(line, sizeof(line), pcs[i], true) > 0)
			log_text("   %s", line);
		else
			print_host_frame(pcs[i]);
		shown++;
	}
}

void report_write(struct task *t, const char *what)
{
	log_text("runner: %s", what);
	if (t)
		log_text("task %s (%08x) on CPU %u", t->name, t->gaddr,
			 t->cpu ? t->cpu->number : 0);
	print_stack();
	trace_dump(LAST_CALLS);
}
