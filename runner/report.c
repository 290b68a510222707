// SPDX-License-Identifier: Apache-2.0
/* report.c: where a thread is, and how it came there. */
#include <dlfcn.h>
#include <execinfo.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "near.h"
#include "record.h"
#include "report.h"
#include "symbols.h"
#include "trace.h"
#include "user.h"

#define MAX_DEPTH 1024
#define MAX_SHOWN 64
#define MAX_WRITERS 8
#define LAST_CALLS 64

void report_init(void)
{
	void *pc[2];

	backtrace(pc, ARRAY_SIZE(pc));
}

static int put_place(char *buf, size_t n, const struct place *place,
		     bool with_module)
{
	int length = 1;

	buf[0] = ' ';
	length += symbols_print(buf + 1, n - 2, place, with_module);
	length = (int)MIN((size_t)length, n - 2);
	if (!with_module)
		strcpy(buf + length++, "\n");
	return length;
}

/* A return address may be past the end of a function that calls the last. */
static bool find_caller(void *pc, struct place *ret)
{
	if (!symbols_place((char *)pc - 1, ret))
		return false;
	ret->offset++;
	return true;
}

/* The kernel's function that is told of a fault. */
static bool is_fault_entry(const struct place *p)
{
	return p->function && !strcmp(p->function, "wasm_ext_fault");
}

static int put_fault(char *buf, size_t n, const struct task *t)
{
	char text[256];

	near_print(text, sizeof(text), t->fault_addr);
	return snprintf(buf, n, " address %08x: %s\n", t->fault_addr, text);
}

/* Frame i of a recursion, of which some in the middle are not shown. */
static bool is_repeated(void **pcs, int i, int depth)
{
	return i > 1 && i + 1 < depth && pcs[i] == pcs[i - 1] &&
	       pcs[i] == pcs[i - 2] && pcs[i] == pcs[i + 1];
}

/* A line, if there is room for all of it. */
static void append(char *buf, size_t n, size_t *used, const char *line)
{
	size_t length = strlen(line);

	if (*used + length >= n)
		return;
	memcpy(buf + *used, line, length + 1);
	*used += length;
}

void report_stack(char *buf, size_t n)
{
	const struct task *t = task_self;
	void *pcs[MAX_DEPTH];
	int depth = backtrace(pcs, MAX_DEPTH), i;
	size_t used = 0;
	struct place place;
	char line[400];

	buf[0] = 0;
	for (i = 0; i < depth; i++) {
		if (is_repeated(pcs, i, depth) || !find_caller(pcs[i], &place))
			continue;
		put_place(line, sizeof(line), &place, false);
		append(buf, n, &used, line);
		if (!is_fault_entry(&place) || !t || !t->has_fault_addr)
			continue;
		put_fault(line, sizeof(line), t);
		append(buf, n, &used, line);
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

static void print_frames(void **pcs, int depth, int from, bool guest_only)
{
	struct place place;
	char line[400];
	int i, shown = 0;

	for (i = from; i < depth && shown < MAX_SHOWN; i++) {
		if (is_repeated(pcs, i, depth))
			continue;
		if (find_caller(pcs[i], &place)) {
			put_place(line, sizeof(line), &place, true);
			log_text("   %s", line);
		} else if (!guest_only) {
			print_host_frame(pcs[i]);
		}
		shown++;
	}
}

/* own: also what dealt with the fault. */
static void print_stack(bool own)
{
	void *pcs[MAX_DEPTH];
	int depth = backtrace(pcs, MAX_DEPTH), from = 0;

	while (!own && from < depth && !module_of_text((char *)pcs[from] - 1))
		from++;
	log_text("stack of this thread, innermost first:");
	print_frames(pcs, depth, from < depth ? from : 0, false);
}

void report_stack_from(const void *pc)
{
	void *pcs[MAX_DEPTH];
	int depth = backtrace(pcs, MAX_DEPTH), from = 0;

	while (from < depth && pcs[from] != pc)
		from++;
	print_frames(pcs, depth, from, true);
}

void report_task(const struct task *t)
{
	char pid_text[24] = "";
	int pid;

	if (!t) {
		log_text("  the runner's main thread");
		return;
	}
	pid = near_pid(t);
	if (pid >= 0)
		snprintf(pid_text, sizeof(pid_text), "pid %d, ", pid);
	log_text("  task %s (%s%08x) on CPU %u", t->name, pid_text, t->gaddr,
		 t->cpu ? t->cpu->number : 0);
}

static void print_registers(const struct task *t)
{
	u32 sp, tls;

	if (t->kernel_sp)
		log_text("  kernel: __stack_pointer %08x, interrupts %s",
			 *t->kernel_sp, !t->irq_state ? "unknown" :
			 *t->irq_state ? "on" : "off");
	if (!t->user)
		return;
	user_registers((struct task *)t, &sp, &tls);
	log_text("  program: __stack_pointer %08x, TLS base %08x", sp, tls);
}

static void print_writer(const struct write_record *w)
{
	char where[400] = "?";
	struct place place;

	if (symbols_place((char *)(uintptr_t)w->pc - 1, &place))
		symbols_print(where, sizeof(where), &place, true);
	log_text("    %.6f s, task %s: %08x was 0x%llx: %s",
		 (double)w->time_ns / 1e9, w->comm, w->gaddr,
		 (unsigned long long)w->old_value, where);
}

static void print_writers(gaddr_t gaddr)
{
	struct write_record w;
	unsigned int i;

	for (i = 0; i < MAX_WRITERS &&
		    record_find(gaddr, sizeof(u32), i, &w); i++) {
		if (!i)
			log_text("  who wrote there, newest first:");
		print_writer(&w);
	}
}

/* Where the address is in none of them, it may have come from one. */
static void print_regions(const gaddr_t *gaddr)
{
	const struct record_region *r;
	struct write_record w;
	unsigned int i;

	for (r = record_regions; r; r = r->next) {
		if (gaddr && *gaddr >= r->start && *gaddr < r->end)
			continue;
		log_text("  writes to %s, newest first, %u in all:", r->name,
			 r->count);
		for (i = 0; i < MAX_WRITERS && record_last(r, i, &w); i++)
			print_writer(&w);
	}
}

void report_address(gaddr_t gaddr)
{
	char text[256];

	near_print(text, sizeof(text), gaddr);
	log_text("  address %08x: %s", gaddr, text);
	print_writers(gaddr);
}

void report_write(const struct task *t, const char *what, const gaddr_t *gaddr)
{
	log_text("runner: %s", what);
	report_task(t);
	if (t)
		print_registers(t);
	if (gaddr)
		report_address(*gaddr);
	print_regions(gaddr);
	print_stack(false);
	trace_dump(LAST_CALLS);
}

void report_runner(const struct task *t, const char *what)
{
	log_text("runner: %s", what);
	if (t)
		log_text("  task %s (%08x)", t->name, t->gaddr);
	print_stack(true);
	trace_dump(LAST_CALLS);
}
