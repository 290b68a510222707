/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h: the guest's memory, where guest address = host address. */
#ifndef RUNNER_MEMORY_H
#define RUNNER_MEMORY_H

#include <pthread.h>
#include <stdatomic.h>

#include "guest_rt.h"
#include "sanitize.h"
#include "util.h"

#define MEMORY_RESERVED_START ((u64)WASM_PAGE)
#define MEMORY_RESERVED_END ((u64)8 << 30)
#define MEMORY_PAGE 4096u /* that the host can protect */
#define GUARD_PAGES (((u64)1 << 32) / MEMORY_PAGE)

struct memory {
	wasm_rt_shared_memory_t wasm; /* what modules see: pages, max_pages */
	u32 low; /* nothing is mapped below */
	pthread_mutex_t lock; /* held when using wasm.pages to grow */
	_Atomic u8 guards[GUARD_PAGES / 8]; /* a bit: memory_protect() took it */
};

/* Reserve all addresses that a guest can form, and more (8 GiB). Dies. */
void memory_init(struct memory *m, u64 limit_bytes);

/* Make [low, pages * 64 KiB) usable. Dies. */
void memory_open(struct memory *m, u32 low, u32 pages);

/* More pages at the end; the old number, or ~0 if there is no room. */
u64 memory_grow(struct memory *m, u64 pages);

/* Is all of [addr, addr + n) usable memory? */
bool memory_has(const struct memory *m, gaddr_t addr, u64 n);

/* Whole pages of usable memory: an access faults, or no more. 0 or an errno.
 * Any thread. */
int memory_protect(struct memory *m, gaddr_t addr, u32 bytes, bool none);

/* Whole pages of usable memory, all 0 from now on, which costs the host no memory.
 * Anything else: nothing happens. Any thread. */
void memory_discard(const struct memory *m, gaddr_t addr, u32 bytes);

/* Is it in a page to which an access faults, or may soon? Any thread, in a signal
 * handler too. */
static inline NOT_SANITIZED bool
memory_is_guard(const struct memory *m, gaddr_t addr)
{
	u32 page = addr / MEMORY_PAGE;

	return atomic_load_explicit(&m->guards[page / 8], memory_order_relaxed) &
	       1u << page % 8;
}

/* Is this host address one that guest code can form? */
static inline bool memory_is_guest(u64 address)
{
	return address < MEMORY_RESERVED_END;
}

/* The host's pointer. Valid only while memory_has(). */
static inline void *memory_at(gaddr_t addr)
{
	return (void *)(uintptr_t)addr;
}

/* A word, without a fault where none can be read: false. Any thread. */
bool memory_peek(const struct memory *m, gaddr_t addr, u32 *ret);

/* Copy a NUL-terminated string, cut to n bytes with its NUL. False: it is not
 * in usable memory, and *buf is empty. */
bool memory_get_string(const struct memory *m, gaddr_t addr, char *buf,
		       size_t n);

#endif
