// SPDX-License-Identifier: Apache-2.0
/* slab.c: the objects of the guest kernel's allocator, see slab.h. */
#include <ctype.h>
#include <pthread.h>

#include "slab.h"
#include "variables.h"

/* As many as a slab can have. */
#define MAX_OBJECTS 32768u
#define PAGE_TYPE_SHIFT 24
#define GUEST_PAGE 4096u

/* A place in a structure, or of a variable. */
struct field {
	u32 at, size;
	bool is_known;
};

/* What of the kernel (SLUB) is needed here. */
static struct {
	u32 page_bytes, type_slab; /* of a struct page; PGTY_slab */
	struct field mem_map, max_pfn, cpu_offsets;
	struct field page_type, compound_head;
	struct field slab_cache, slab_free;
	struct field name, stride, size, pad, next_free, random, cpu;
	struct field cpu_slab, cpu_free;
} layout;

static struct field member(const char *structure, const char *name)
{
	struct variable v;
	bool is_known = variables_member(structure, name, &v);

	return (struct field){ (u32)v.gaddr, (u32)v.size, is_known };
}

static struct field variable(const char *name)
{
	struct variable v;
	char error[160];
	bool is_known = !variables_find(name, &v, error, sizeof(error));

	return (struct field){ (u32)v.gaddr, (u32)v.size, is_known };
}

static void read_caches(void)
{
	layout.name = member("kmem_cache", "name");
	layout.stride = member("kmem_cache", "size");
	layout.size = member("kmem_cache", "object_size");
	layout.pad = member("kmem_cache", "red_left_pad");
	layout.next_free = member("kmem_cache", "offset");
	layout.random = member("kmem_cache", "random");
	layout.cpu = member("kmem_cache", "cpu_slab");
	layout.cpu_slab = member("kmem_cache_cpu", "slab");
	layout.cpu_free = member("kmem_cache_cpu", "freelist");
	layout.cpu_offsets = variable("__per_cpu_offset");
}

static void read_layout(void)
{
	struct variable page;
	u64 type;

	if (!variables_member("page", NULL, &page) ||
	    !variables_constant("pagetype", "PGTY_slab", &type))
		return;
	layout.page_bytes = (u32)page.size;
	layout.type_slab = (u32)type;
	layout.page_type = member("page", "page_type");
	layout.compound_head = member("page", "compound_head");
	layout.slab_cache = member("slab", "slab_cache");
	layout.slab_free = member("slab", "freelist");
	layout.mem_map = variable("mem_map");
	layout.max_pfn = variable("max_pfn");
	read_caches();
}

static bool is_known(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, read_layout);
	return layout.page_bytes && layout.page_type.is_known &&
	       layout.compound_head.is_known && layout.slab_cache.is_known &&
	       layout.mem_map.is_known && layout.max_pfn.is_known &&
	       layout.name.is_known && layout.stride.is_known &&
	       layout.size.is_known;
}

static u32 peek(const struct memory *m, u32 base, struct field field)
{
	u32 word;

	return field.is_known && memory_peek(m, base + field.at, &word) ?
		       word : 0;
}

/* ---- pages -------------------------------------------------------------- */

/* The struct page of an address, that of the first page if it is of several,
 * and where that one is. 0: there is none. */
static u32 page_of(const struct memory *m, gaddr_t gaddr, gaddr_t *base)
{
	u32 pages = peek(m, 0, layout.mem_map), n = gaddr / GUEST_PAGE;
	u32 count = peek(m, 0, layout.max_pfn), page, head;

	if (!pages || n >= count)
		return 0;
	page = pages + n * layout.page_bytes;
	head = peek(m, page, layout.compound_head);
	if (head & 1) {
		page = head - 1;
		n = (page - pages) / layout.page_bytes;
		if (page < pages || (page - pages) % layout.page_bytes ||
		    n >= count || n * GUEST_PAGE > gaddr)
			return 0;
	}
	*base = n * GUEST_PAGE;
	return page;
}

static void read_name(const struct memory *m, gaddr_t gaddr, char *ret, u32 n)
{
	u32 i, word = 0;

	for (i = 0; i < n - 1; i++, word >>= 8) {
		if (i % sizeof(word) == 0 && !memory_peek(m, gaddr + i, &word))
			break;
		if (!(word & 0xff))
			break;
		ret[i] = isprint(word & 0xff) ? (char)word : '?';
	}
	ret[i] = 0;
}

/* ---- what is free ------------------------------------------------------- */

/* Is the object in the chain of free ones that begins there? */
static bool is_in_chain(const struct memory *m, u32 link, gaddr_t at,
			gaddr_t object)
{
	u32 i;

	for (i = 0; at && at != object && i < MAX_OBJECTS; i++)
		if (!memory_peek(m, at + link, &at))
			return false;
	return at && at == object;
}

/* A slab has its own free objects, and those of the CPU that uses it. */
static bool is_free(const struct memory *m, u32 slab, u32 cache, gaddr_t object)
{
	u32 link = peek(m, cache, layout.next_free);
	u32 cpu_slab = peek(m, cache, layout.cpu), i, local, offset;

	if (layout.random.is_known || !layout.next_free.is_known)
		return false;
	if (is_in_chain(m, link, peek(m, slab, layout.slab_free), object))
		return true;
	for (i = 0; i < layout.cpu_offsets.size && cpu_slab; i += 4) {
		offset = peek(m, i, layout.cpu_offsets);
		local = cpu_slab + offset;
		if (offset && peek(m, local, layout.cpu_slab) == slab &&
		    is_in_chain(m, link, peek(m, local, layout.cpu_free),
				object))
			return true;
	}
	return false;
}

bool slab_find(const struct memory *m, gaddr_t gaddr, struct slab_object *ret)
{
	u32 page, cache, stride;
	gaddr_t base;

	if (!is_known())
		return false;
	page = page_of(m, gaddr, &base);
	if (!page || peek(m, page, layout.page_type) >> PAGE_TYPE_SHIFT !=
			     layout.type_slab)
		return false;
	cache = peek(m, page, layout.slab_cache);
	stride = peek(m, cache, layout.stride);
	if (!cache || !stride)
		return false;
	ret->start = gaddr - (gaddr - base) % stride +
		     peek(m, cache, layout.pad);
	ret->size = peek(m, cache, layout.size);
	ret->is_free = is_free(m, page, cache, ret->start);
	read_name(m, peek(m, cache, layout.name), ret->cache,
		  sizeof(ret->cache));
	return true;
}
