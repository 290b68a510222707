/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h: who wrote what, kept while the guest runs, to be asked afterwards.
 *
 * Debuggers read these structures from the process or its core dump. Text
 * addresses are the host's: the instruction behind the store.
 */
#ifndef RUNNER_RECORD_H
#define RUNNER_RECORD_H

#include "guest_rt.h"
#include "util.h"

/* A write to a region that was chosen: --record-writes=SYMBOL. */
struct write_record {
	u64 pc;
	u64 time_ns;		/* since record_start_ns */
	u64 old_value, new_value;
	u32 gaddr, size;	/* 1 to 8 bytes */
	u32 task;		/* address of its task_struct */
	u32 cpu;
	char comm[16];
};

struct record_region {
	struct record_region *next;
	u64 start, end;		/* the last byte is end - 1 */
	char name[64];
	u32 capacity;		/* of ring; a power of two */
	_Atomic u32 count;	/* of writes; the newest is ring[count - 1] */
	struct write_record *ring;
};

/* Threads that wrote, by last_write.writer, under each name that they had. The first
 * stands for all that come when the others are taken: its name says so. */
#define RECORD_WRITERS ((u32)1 << 22)

struct writer {
	u32 task;
	int tid;
	char comm[16];
};

extern struct record_region *record_regions;	/* NULL: none */
extern struct last_write *record_shadow;	/* by address / 4; NULL: off */
extern struct writer *record_writers;		/* RECORD_WRITERS; NULL: off */
extern u64 record_start_ns;			/* CLOCK_MONOTONIC */

/* Keep the writes to [start, end). Before the guest runs. Dies. */
void record_add_region(u32 start, u64 end, const char *name);

/* Keep the last write to each word. Before the guest runs. Dies. */
void record_add_all(void);

/* Its clock, in ms. */
void record_tick(void);

/* The calling thread's stores are this task's from now on. */
void record_set_writer(u32 task, int tid, const char *comm);

/* Note a write; comm and time are filled in for the regions that have it. */
void record_write(struct write_record *w, const char *comm);

/* The region's newest write but n; false if there are not so many. */
bool record_last(const struct record_region *r, u32 n,
		 struct write_record *ret);

/* The last writes to the words at gaddr, up to count of them: to each in turn,
 * newest first. False when there is no more. */
bool record_find(gaddr_t gaddr, u32 size, unsigned int n,
		 struct write_record *ret);

/* The whole pc of a last_write. */
const void *record_text(u32 pc_low);

#endif
