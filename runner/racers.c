// SPDX-License-Identifier: Apache-2.0
/* racers.c: whose the threads of a report of TSan's are; empty in other runners. */
#ifdef RUNNER_RACE
#include <sanitizer/tsan_interface.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "task.h"

struct text {
	char p[100];
	size_t n;
};

static void put(struct text *t, const char *s)
{
	while (*s && t->n < sizeof(t->p))
		t->p[t->n++] = *s++;
}

static void put_number(struct text *t, unsigned int number)
{
	char digit[2] = { (char)('0' + number % 10) };

	if (number >= 10)
		put_number(t, number / 10);
	put(t, digit);
}

static const struct task *task_of(uint64_t tid)
{
	const struct task *t;
	size_t i;

	for (i = 0; i < TASK_SLOTS; i++) {
		t = atomic_load(&the_vm->tasks[i]);
		if (t && (uint64_t)atomic_load(&t->tid) == tid)
			return t;
	}
	return NULL;
}

static int count_threads(void *report)
{
	const char *description;
	int n[6], threads = 0;
	void *trace[1];

	__tsan_get_report_data(report, &description, &n[0], &n[1], &n[2], &n[3],
			       &n[4], &threads, &n[5], trace, 0);
	return threads;
}

/*
 * TSan calls it when it has printed a report: its thread T39 is which task? It
 * holds locks of its own, which the functions of the C library that it has a part
 * in may want as well: malloc(), and those that lock or format.
 */
void __tsan_on_report(void *report);
void __tsan_on_report(void *report)
{
	int count = count_threads(report), i, number, running, parent;
	const struct task *t;
	const char *name;
	void *trace[1];
	uint64_t tid;

	for (i = 0; i < count; i++) {
		struct text line; /* to clear it is memset(), for some */

		__tsan_get_report_thread(report, (unsigned long)i, &number,
					 &tid, &running, &name, &parent, trace,
					 0);
		t = running ? task_of(tid) : NULL;
		if (!t || !t->cpu)
			continue;
		line.n = 0;
		put(&line, "runner: T");
		put_number(&line, (unsigned int)number);
		put(&line, " is task ");
		put(&line, t->name);
		put(&line, " on CPU ");
		put_number(&line, t->cpu->number);
		put(&line, "\n");
		syscall(SYS_write, STDERR_FILENO, line.p, line.n);
	}
}

#endif
