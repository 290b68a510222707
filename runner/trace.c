// SPDX-License-Identifier: Apache-2.0
/* trace.c: a ring of the last host calls. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "trace.h"

#define RING 256

/* A plain store, but of something atomic. */
#define put(object, value) \
	atomic_store_explicit(&(object), value, memory_order_relaxed)

/* Debuggers read these three by their names (tools/debug/wl/trace.py). */
static const struct call {
	const char *name, *signature, *args;
} trace_calls[] = {
#define TRACE_ROW(ret, name, n, ...) \
	{ #name, ABI_SIGNATURE(ret, n, __VA_ARGS__), ABI_TEXT_##n(__VA_ARGS__) },
	HOST_CALLS(TRACE_ROW)
};

static struct trace_entry trace_ring[RING];
static _Atomic u32 trace_count;
static bool printing;

void trace_set_printing(bool on)
{
	printing = on;
}

/* The entry may be another call's by now. */
static void print_entry(const struct trace_entry *e, u32 call)
{
	const struct call *c = &trace_calls[call];
	const char *arg = c->args;
	char text[512];
	int n, i;

	n = snprintf(text, sizeof(text), "  cpu %u task %08x %s(", e->cpu,
		     e->task, c->name);
	for (i = 0; *arg && i < TRACE_ARGS; i++) {
		int length = (int)strcspn(arg, " ");

		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      "%s%.*s=0x%" PRIx64, i ? ", " : "", length, arg,
			      e->args[i]);
		arg += length + 1;
	}
	n += snprintf(text + n, sizeof(text) - (size_t)n, ")");
	if (e->returned && c->signature[0] != ':')
		snprintf(text + n, sizeof(text) - (size_t)n, " = 0x%" PRIx64,
			 e->ret);
	log_text("%s", text);
}

struct trace_entry *trace_enter(enum host_call call, gaddr_t task, u32 cpu,
				const u64 args[TRACE_ARGS])
{
	struct trace_entry *e =
		&trace_ring[atomic_fetch_add(&trace_count, 1) % RING];
	int i;

	put(e->call, HOST_CALL_COUNT);
	put(e->cpu, cpu);
	put(e->task, task);
	put(e->returned, false);
	for (i = 0; i < TRACE_ARGS; i++)
		put(e->args[i], args[i]);
	atomic_store_explicit(&e->call, call, memory_order_release);
	if (__builtin_expect(printing, 0) && trace_calls[call].signature[0] == ':')
		print_entry(e, call); /* it may never return */
	return e;
}

/* The entry may be another call's by now; then its result is wrong, no more. */
void trace_leave(struct trace_entry *e, u64 ret)
{
	put(e->ret, ret);
	atomic_store_explicit(&e->returned, true, memory_order_release);
	if (__builtin_expect(printing, 0)) {
		u32 call = e->call;

		if (call < HOST_CALL_COUNT &&
		    trace_calls[call].signature[0] != ':')
			print_entry(e, call);
	}
}

void trace_dump(unsigned int count)
{
	u32 end = trace_count, n = MIN(MIN(count, end), RING), i;

	log_text("last %u host calls:", n);
	for (i = end - n; i != end; i++) {
		u32 call = trace_ring[i % RING].call;

		if (call < HOST_CALL_COUNT)
			print_entry(&trace_ring[i % RING], call);
	}
}

const char *trace_signature(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(trace_calls); i++)
		if (!strcmp(trace_calls[i].name, name))
			return trace_calls[i].signature;
	return NULL;
}
