// SPDX-License-Identifier: Apache-2.0
/* memory.c: the guest's memory, where guest address = host address. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "exit.h"
#include "log.h"
#include "memory.h"

/* A 32-bit address plus a 32-bit offset stays below 8 GiB: no access of the
 * guest needs a check. Page 0 stays unmapped, so that NULL faults. */
void memory_init(struct memory *m, u64 limit_bytes)
{
	void *start = (void *)MEMORY_RESERVED_START, *p;

	p = mmap(start, MEMORY_RESERVED_END - MEMORY_RESERVED_START, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
			 MAP_FIXED_NOREPLACE, -1, 0);
	if (p != start)
		die(EXIT_HOST, "the lowest 8 GiB of the address space, where "
		    "the guest's memory has to be, are not free (%s): run "
		    "without limits on virtual memory and without sanitizers",
		    p == MAP_FAILED ? strerror(errno) : "old host kernel");
	/* Debuggers that dump core would write all of it. */
	madvise(p, MEMORY_RESERVED_END - MEMORY_RESERVED_START, MADV_DONTDUMP);
	m->wasm.pages = 0;
	m->wasm.max_pages = MIN(limit_bytes / WASM_PAGE, 65535);
	pthread_mutex_init(&m->lock, NULL);
}

static bool open_range(u64 start, u64 end)
{
	if (start == end)
		return true;
	madvise((void *)start, end - start, MADV_DODUMP);
	return !mprotect((void *)start, end - start, PROT_READ | PROT_WRITE);
}

void memory_open(struct memory *m, u32 low, u32 pages)
{
	if (!open_range(low, (u64)pages * WASM_PAGE))
		die(EXIT_HOST, "no memory for the guest: %s", strerror(errno));
	m->low = low;
	m->wasm.pages = pages;
}

u64 memory_grow(struct memory *m, u64 pages)
{
	u64 old, ret = ~(u64)0;

	pthread_mutex_lock(&m->lock);
	old = m->wasm.pages;
	if (pages <= m->wasm.max_pages && old + pages <= m->wasm.max_pages &&
	    open_range(old * WASM_PAGE, (old + pages) * WASM_PAGE)) {
		m->wasm.pages = old + pages;
		ret = old;
	}
	pthread_mutex_unlock(&m->lock);
	return ret;
}

bool memory_has(const struct memory *m, gaddr_t addr, u64 n)
{
	u64 end = m->wasm.pages * WASM_PAGE;

	return addr >= m->low && n <= end && addr <= end - n;
}

static void set_guards(struct memory *m, gaddr_t addr, u32 bytes, bool none)
{
	u32 page = addr / MEMORY_PAGE, end = page + bytes / MEMORY_PAGE;

	for (; page < end; page++) {
		u8 bit = (u8)(1u << page % 8);

		if (none)
			atomic_fetch_or(&m->guards[page / 8], bit);
		else
			atomic_fetch_and(&m->guards[page / 8], (u8)~bit);
	}
}

/* What faults is a guard at all times. */
int memory_protect(struct memory *m, gaddr_t addr, u32 bytes, bool none)
{
	int err;

	if ((addr | bytes) % MEMORY_PAGE || !memory_has(m, addr, bytes))
		return EINVAL;
	if (none)
		set_guards(m, addr, bytes, true);
	err = mprotect(memory_at(addr), bytes,
		       none ? PROT_NONE : PROT_READ | PROT_WRITE) ? errno : 0;
	if (none ? err : !err)
		set_guards(m, addr, bytes, false);
	return err;
}

void memory_discard(const struct memory *m, gaddr_t addr, u32 bytes)
{
	if ((addr | bytes) % MEMORY_PAGE == 0 && memory_has(m, addr, bytes))
		madvise(memory_at(addr), bytes, MADV_DONTNEED);
}

bool memory_peek(const struct memory *m, gaddr_t addr, u32 *ret)
{
	struct iovec to = { ret, sizeof(*ret) };
	struct iovec from = { memory_at(addr), sizeof(*ret) };

	return memory_has(m, addr, sizeof(*ret)) &&
	       process_vm_readv(getpid(), &to, 1, &from, 1, 0) == sizeof(*ret);
}

bool memory_get_string(const struct memory *m, gaddr_t addr, char *buf,
		       size_t n)
{
	u64 end = m->wasm.pages * WASM_PAGE;
	size_t length;

	buf[0] = 0;
	if (!memory_has(m, addr, 1))
		return false;
	length = strnlen(memory_at(addr), MIN(n - 1, end - addr));
	memcpy(buf, memory_at(addr), length);
	buf[length] = 0;
	return true;
}
