// SPDX-License-Identifier: Apache-2.0
/* record.c: who wrote what, see record.h. */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "exit.h"
#include "futex.h"
#include "log.h"
#include "granules.h"
#include "module.h"
#include "record.h"

#define RING 16384u

struct record_region *record_regions;
struct last_write *record_shadow;
struct writer *record_writers;
u64 record_start_ns;
_Thread_local u32 guest_writer;

static void start(void)
{
	if (!record_start_ns)
		record_start_ns = clock_ns(CLOCK_MONOTONIC);
}

void record_add_region(u32 from, u64 end, const char *name)
{
	struct record_region *r = calloc(1, sizeof(*r));

	if (r)
		r->ring = calloc(RING, sizeof(*r->ring));
	if (!r || !r->ring)
		die(EXIT_HOST, "out of memory");
	start();
	r->start = from;
	r->end = end;
	r->capacity = RING;
	snprintf(r->name, sizeof(r->name), "%s", name);
	r->next = record_regions;
	record_regions = r;
	granules_mark(from, end, GUEST_MARK_EXACT);
}

/* Memory that is taken when it is written to. Dies. */
static void *map(void *where, size_t n, int flags)
{
	void *p = mmap(where, n, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);

	if (p == MAP_FAILED || (where && p != where))
		die(EXIT_HOST, "no memory for a record of all writes: %s",
		    strerror(errno));
	return p;
}

void record_add_all(void)
{
	start();
	record_shadow = map((void *)GUEST_SHADOW, GUEST_SHADOW_SIZE,
			    MAP_FIXED_NOREPLACE);
	record_writers = map(NULL, RECORD_WRITERS * sizeof(*record_writers), 0);
	snprintf(record_writers[0].comm, sizeof(record_writers[0].comm),
		 "unknown");
	granules_mark(0, (u64)1 << 32, GUEST_MARK_LAST);
}

void record_tick(void)
{
	granules_set_clock((u32)((clock_ns(CLOCK_MONOTONIC) - record_start_ns) /
			      1000000));
}

static bool is_writer(const struct writer *w, u32 task, int tid, const char *comm)
{
	return w->task == task && w->tid == tid && !strcmp(w->comm, comm);
}

/* A number is one writer's for good: words that it wrote keep it. */
void record_set_writer(u32 task, int tid, const char *comm)
{
	static _Atomic u64 last;
	struct writer *w;
	u64 n;

	if (!record_writers ||
	    is_writer(&record_writers[guest_writer], task, tid, comm))
		return;
	n = atomic_fetch_add(&last, 1) + 1;
	guest_writer = n < RECORD_WRITERS ? (u32)n : 0;
	if (!guest_writer)
		return;
	w = &record_writers[guest_writer];
	w->task = task;
	w->tid = tid;
	snprintf(w->comm, sizeof(w->comm), "%s", comm);
}

static bool touches(const struct write_record *w, u64 start_gaddr, u64 end)
{
	return w->gaddr < end && start_gaddr < (u64)w->gaddr + w->size;
}

void record_write(struct write_record *w, const char *comm)
{
	struct record_region *r;
	struct write_record *place;

	for (r = record_regions; r; r = r->next) {
		if (!touches(w, r->start, r->end))
			continue;
		w->time_ns = clock_ns(CLOCK_MONOTONIC) - record_start_ns;
		memcpy(w->comm, comm, sizeof(w->comm));
		place = &r->ring[atomic_fetch_add(&r->count, 1) &
				 (r->capacity - 1)];
		*place = *w;
	}
}

const void *record_text(u32 pc_low)
{
	const struct module *m = module_of_low_text(pc_low);

	return m ? m->desc->text_start +
			   (pc_low - (u32)(uintptr_t)m->desc->text_start) :
		   NULL;
}

bool record_last(const struct record_region *r, u32 n, struct write_record *ret)
{
	u32 count = r->count;

	if (n >= MIN(count, r->capacity))
		return false;
	*ret = r->ring[(count - 1 - n) & (r->capacity - 1)];
	return true;
}

static bool find_in_region(const struct record_region *r, gaddr_t gaddr,
			   u32 size, unsigned int *n, struct write_record *ret)
{
	u32 i;

	for (i = 0; record_last(r, i, ret); i++)
		if (touches(ret, gaddr, (u64)gaddr + size) && !(*n)--)
			return true;
	return false;
}

static bool find_last(u64 word, struct write_record *ret)
{
	const struct last_write *l = &record_shadow[word / 4];
	const struct writer *w;

	if (!l->pc_low)
		return false;
	w = &record_writers[l->writer % RECORD_WRITERS];
	*ret = (struct write_record){
		.pc = (u64)(uintptr_t)record_text(l->pc_low),
		.time_ns = l->time * (u64)1000000,
		.old_value = l->old_value,
		.gaddr = (u32)word,
		.size = 4,
		.task = w->task,
		.cpu = ~0u,
	};
	memcpy(ret->comm, w->comm, sizeof(ret->comm));
	return true;
}

bool record_find(gaddr_t gaddr, u32 size, unsigned int n,
		 struct write_record *ret)
{
	const struct record_region *r;
	u64 word;

	for (r = record_regions; r; r = r->next)
		if (find_in_region(r, gaddr, size, &n, ret))
			return true;
	if (!record_shadow)
		return false;
	for (word = gaddr & ~3u; word < (u64)gaddr + size && word <= UINT32_MAX;
	     word += 4)
		if (find_last(word, ret) && !n--)
			return true;
	return false;
}
