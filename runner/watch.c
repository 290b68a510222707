// SPDX-License-Identifier: Apache-2.0
/* watch.c: --watch and --record-writes, see watch.h. */
#define LOG_MODULE "watch"
#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "breakpoint.h"
#include "condition.h"
#include "debugger.h"
#include "exit.h"
#include "futex.h"
#include "log.h"
#include "granules.h"
#include "record.h"
#include "report.h"
#include "sanitize.h"
#include "task.h"
#include "variables.h"
#include "watch.h"

#define DEFAULT_LENGTH 4u

/* A part of the guest's memory, as the user named it. */
struct place {
	char name[64];
	u64 start, size;
};

struct watch {
	struct place place;
	struct condition condition;
	_Atomic u64 value;	/* as it was when somebody looked last */
	_Atomic u64 writes, shown;
};

static struct watch *watches;
static unsigned int nwatches;
static struct place *records;
static unsigned int nrecords;
static bool record_all, needs_checks, use_checks;
static enum watch_action action;
static u64 start_ns;

/* ---- what the user asked for ------------------------------------------- */

static u64 number_in(const char *option, const char *text, const char *end)
{
	char *stop;
	u64 value = strtoull(text, &stop, 0);

	if (!isdigit((unsigned char)*text) || stop != end)
		die(EXIT_USAGE, "%s: `%.*s' is no number; see --help", option,
		    (int)(end - text), text);
	return value;
}

static void find_variable(struct place *p, const char *option, const char *text,
			  size_t n)
{
	char name[256], error[512];
	struct variable v;

	snprintf(name, sizeof(name), "%.*s", (int)n, text);
	if (variables_find(name, &v, error, sizeof(error)))
		die(EXIT_USAGE, "%s: %s; see --help", option, error);
	p->start = v.gaddr;
	p->size = v.size ? v.size : DEFAULT_LENGTH;
}

/* SYMBOL or ADDRESS, [+OFFSET] */
static void find_place(struct place *p, const char *option, const char *text,
		       size_t n)
{
	const char *plus = memchr(text, '+', n);
	size_t base = plus ? (size_t)(plus - text) : n;

	if (isdigit((unsigned char)*text)) {
		p->start = number_in(option, text, text + base);
		p->size = DEFAULT_LENGTH;
	} else {
		find_variable(p, option, text, base);
	}
	if (plus) {
		p->start += number_in(option, plus + 1, text + n);
		p->size = DEFAULT_LENGTH;
	}
}

static bool is_number(const char *text)
{
	return isdigit((unsigned char)*text) &&
	       text[strspn(text, "0123456789abcdefABCDEFx")] == 0;
}

/* PLACE[:LENGTH]; what follows that, or NULL. */
static const char *parse_place(struct place *p, const char *option,
			       const char *text)
{
	size_t n = strcspn(text, ":");
	const char *next = text[n] ? text + n + 1 : NULL;
	char length[32];

	if (!n)
		die(EXIT_USAGE, "%s: what is to be watched? see --help",
		    option);
	find_place(p, option, text, n);
	snprintf(p->name, sizeof(p->name), "%.*s", (int)n, text);
	if (next) {
		n = strcspn(next, ":");
		snprintf(length, sizeof(length), "%.*s", (int)n, next);
		if (is_number(length)) {
			p->size = number_in(option, next, next + n);
			next = next[n] ? next + n + 1 : NULL;
		}
	}
	if (!p->size || p->size > (u64)1 << 32 ||
	    p->start > ((u64)1 << 32) - p->size)
		die(EXIT_USAGE, "%s: %llu bytes at 0x%llx are no memory of a "
		    "guest; see --help", option, (unsigned long long)p->size,
		    (unsigned long long)p->start);
	return next;
}

static void parse_watch(struct watch *w, const char *text)
{
	char option[160], error[256];
	const char *condition;

	snprintf(option, sizeof(option), "--watch=%s", text);
	condition = parse_place(&w->place, option, text);
	if (condition && condition_parse(&w->condition, condition, error,
					 sizeof(error)))
		die(EXIT_USAGE, "%s: %s; see --help", option, error);
}

static void parse_record(struct place *p, const char *text)
{
	char option[160];

	snprintf(option, sizeof(option), "--record-writes=%s", text);
	if (parse_place(p, option, text))
		die(EXIT_USAGE, "%s: a record has no condition; see --help",
		    option);
}

static void *allocate(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (!p)
		die(EXIT_HOST, "out of memory");
	return p;
}

/* There is one, or will be. */
static bool has_debugger(const struct options *o)
{
	return o->debugger || o->wait_for_debugger || debugger_is_there() ||
	       o->watch.action == WATCH_STOP;
}

static bool need_checks(const struct options *options)
{
	const struct watch_options *o = &options->watch;

	if (o->nrecords || (o->nwatches && o->checks))
		return true;
	if (!o->nwatches)
		return false;
	if (o->nwatches > BREAKPOINTS) {
		log_text("runner: the CPU can watch %u places: checks in the "
			 "stores watch these %u", BREAKPOINTS, o->nwatches);
		return true;
	}
	if (has_debugger(options)) {
		log_text("runner: the debugger has the CPU's watchpoints: "
			 "checks in the stores do it");
		return true;
	}
	if (breakpoint_allowed())
		return false;
	if (errno == ENODEV)
		log_text("runner: this CPU reports no hits of watchpoints: "
			 "checks in the stores do it");
	else
		log_text("runner: the host does not let us watch by the CPU "
			 "(%s; see /proc/sys/kernel/perf_event_paranoid): "
			 "checks in the stores do it", strerror(errno));
	return true;
}

bool watch_needs_checks(const struct options *o)
{
	needs_checks = need_checks(o);
	return needs_checks;
}

static bool fit_the_cpu(void)
{
	unsigned int i;

	for (i = 0; i < nwatches; i++) {
		const struct place *p = &watches[i].place;

		if (breakpoint_fits(p->start, p->size))
			continue;
		log_text("runner: the CPU cannot watch %s, %llu bytes at "
			 "0x%llx: checks in the stores do it", p->name,
			 (unsigned long long)p->size,
			 (unsigned long long)p->start);
		return false;
	}
	return true;
}

bool watch_prepare(const struct watch_options *o, const char *types_path)
{
	unsigned int i;

	variables_init(types_path);
	action = o->action;
	nwatches = o->nwatches;
	watches = allocate(nwatches, sizeof(*watches));
	for (i = 0; i < nwatches; i++)
		parse_watch(&watches[i], o->watches[i]);
	records = allocate(o->nrecords, sizeof(*records));
	for (i = 0; i < o->nrecords; i++) {
		if (!strcmp(o->records[i], "all"))
			record_all = true;
		else
			parse_record(&records[nrecords++], o->records[i]);
	}
	use_checks = needs_checks || !fit_the_cpu();
	return use_checks;
}

bool watch_needs_clock(void)
{
	return record_all;
}

/* ---- hits --------------------------------------------------------------- */

/* The object's value, as far as it is one; it may be no memory. */
static u64 value_of(const struct place *p)
{
	u64 value = 0;

	if (p->size <= sizeof(value) &&
	    memory_has(&the_vm->memory, (gaddr_t)p->start, p->size))
		memcpy(&value, memory_at((gaddr_t)p->start), p->size);
	return value;
}

/* By the thread that wrote: sent to the process, SIGSTOP would be the main
 * thread's, and this one would go on until that one runs. */
static void stop(void)
{
	if (debugger_is_there()) {
		raise(SIGTRAP);
		return;
	}
	log_text("runner: stopped: gdb -p %d looks at it, kill -CONT %d goes on",
		 getpid(), getpid());
	raise(SIGSTOP);
}

static void act(void)
{
	guest_watch_hit();
	if (action == WATCH_STOP) {
		stop();
	} else if (action == WATCH_ABORT) {
		signal(SIGABRT, SIG_DFL);
		abort();
	}
}

static void show(struct watch *w, const struct write_record *r, const void *pc)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	char offset[32] = "";

	atomic_fetch_add(&w->shown, 1);
	if (r->gaddr != w->place.start)
		snprintf(offset, sizeof(offset), ", byte %lld of it",
			 (long long)r->gaddr - (long long)w->place.start);
	pthread_mutex_lock(&lock);
	log_text("runner: watch %u: %s was 0x%llx, is 0x%llx (%u bytes at %08x"
		 "%s), %.6f s", (u32)(w - watches) + 1, w->place.name,
		 (unsigned long long)r->old_value,
		 (unsigned long long)r->new_value, r->size, r->gaddr, offset,
		 (double)(clock_ns(CLOCK_MONOTONIC) - start_ns) / 1e9);
	report_task(task_self);
	report_stack_from(pc);
	act();
	pthread_mutex_unlock(&lock);
}

static const char *name_of_self(void)
{
	return task_self ? task_self->name : "runner";
}

static void judge(struct watch *w, const struct write_record *r, const void *pc)
{
	struct condition_input in = {
		.value = r->new_value,
		.old = r->old_value,
		.cpu = r->cpu,
		.task = name_of_self(),
	};

	atomic_fetch_add(&w->writes, 1);
	if (condition_holds(&w->condition, &in))
		show(w, r, pc);
}

/* The signal of the CPU: the store is done. Or of stop(), when its debugger has
 * gone. */
static NOT_SANITIZED void on_trap(int signo, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;
	int saved = errno;
	struct watch *w;
	struct write_record r;
	u32 id;

	(void)signo;
	if (!breakpoint_of_signal(info, &id) || id >= nwatches)
		return;
	w = &watches[id];
	r = (struct write_record){
		.gaddr = (u32)w->place.start,
		.size = (u32)w->place.size,
		.new_value = value_of(&w->place),
		.cpu = task_self && task_self->cpu ? task_self->cpu->number :
						     ~0u,
	};
	r.old_value = atomic_exchange(&w->value, r.new_value);
	judge(w, &r, (void *)uc->uc_mcontext.gregs[REG_RIP]);
	errno = saved;
}

/* Of an object that a store covered in part, what is of interest is all. */
static void widen(const struct place *p, struct write_record *r)
{
	u64 value, old;
	u32 i;

	if (p->size > 8 || (r->gaddr == p->start && r->size == p->size))
		return;
	value = old = value_of(p);
	for (i = 0; i < r->size; i++) {
		u64 at = r->gaddr + (u64)i - p->start;

		if (at < p->size)
			old = (old & ~((u64)0xff << 8 * at)) |
			      (r->old_value >> 8 * i & 0xff) << 8 * at;
	}
	r->gaddr = (u32)p->start;
	r->size = (u32)p->size;
	r->old_value = old;
	r->new_value = value;
}

void guest_wrote(u64 a, u64 old_value, u64 new_value, u32 size, const void *pc)
{
	struct task *t = task_self;
	struct write_record r = {
		.pc = (u64)(uintptr_t)pc,
		.gaddr = (u32)a,
		.size = size,
		.old_value = old_value,
		.new_value = new_value,
		.task = t ? t->gaddr : 0,
		.cpu = t && t->cpu ? t->cpu->number : ~0u,
	};
	struct write_record mine;
	unsigned int i;

	if (size < 8)
		r.new_value &= ((u64)1 << 8 * size) - 1;
	record_write(&r, name_of_self());
	for (i = 0; i < nwatches; i++) {
		const struct place *p = &watches[i].place;

		if (a >= p->start + p->size || p->start >= a + size)
			continue;
		task_check_stack(t);
		mine = r;
		widen(p, &mine);
		judge(&watches[i], &mine, pc);
	}
}

__attribute__((noinline)) void guest_watch_hit(void)
{
	__asm__ volatile("");
}

/* ---- the run ------------------------------------------------------------ */

/* Not blocked in the handler: for a debugger's breakpoint there, such as one on
 * guest_watch_hit(), the host's kernel would take the handler away, and the next hit
 * end the runner. */
static void handle_traps(void)
{
	struct sigaction sa = {
		.sa_sigaction = on_trap,
		.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK | SA_RESTART,
	};

	sanitize_sigaction(SIGTRAP, &sa);
}

static void start_breakpoints(void)
{
	unsigned int i;

	for (i = 0; i < nwatches; i++) {
		const struct place *p = &watches[i].place;

		watches[i].value = value_of(p);
		if (breakpoint_set(p->start, (u32)p->size, i))
			die(EXIT_HOST, "the CPU cannot watch %s: %s (the option "
			    "--watch-checks does without it)", p->name,
			    strerror(errno));
	}
}

static void start_checks(void)
{
	unsigned int i;

	for (i = 0; i < nwatches; i++)
		granules_mark(watches[i].place.start, watches[i].place.start +
			  watches[i].place.size, GUEST_MARK_EXACT);
	for (i = 0; i < nrecords; i++)
		record_add_region((u32)records[i].start,
				  records[i].start + records[i].size,
				  records[i].name);
	if (record_all)
		record_add_all();
}

void watch_start(void)
{
	start_ns = clock_ns(CLOCK_MONOTONIC);
	if (nwatches)
		handle_traps();
	if (use_checks)
		start_checks();
	else if (nwatches)
		start_breakpoints();
}

void watch_finish(void)
{
	unsigned int i;

	for (i = 0; i < nwatches; i++)
		log_text("runner: watch %u: %s was written %llu times, %llu "
			 "shown", i + 1, watches[i].place.name,
			 (unsigned long long)watches[i].writes,
			 (unsigned long long)watches[i].shown);
}
