// SPDX-License-Identifier: Apache-2.0
/* object.c: a shared object that lld made, see object.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "object.h"

static bool is_inside(const struct object *o, uint64_t offset, uint64_t n)
{
	return offset <= o->n && n <= o->n - offset;
}

const Elf64_Shdr *object_section(const struct object *o, const char *name)
{
	unsigned int i;

	for (i = 0; i < o->nsections; i++)
		if (!strcmp(o->section_names + o->sections[i].sh_name, name))
			return &o->sections[i];
	return NULL;
}

/* Are all sections in the file, and do those of texts end with a NUL? */
static bool is_sound(struct object *o)
{
	const Elf64_Ehdr *h = (void *)o->p;
	unsigned int i;

	if (o->n < sizeof(*h) || memcmp(h->e_ident, ELFMAG, SELFMAG) ||
	    !is_inside(o, h->e_shoff, h->e_shnum * sizeof(Elf64_Shdr)) ||
	    h->e_shoff % 8 || h->e_shstrndx >= h->e_shnum)
		return false;
	o->sections = (void *)(o->p + h->e_shoff);
	o->nsections = h->e_shnum;
	for (i = 0; i < o->nsections; i++) {
		const Elf64_Shdr *s = &o->sections[i];

		if (s->sh_type == SHT_NOBITS)
			continue;
		if (!is_inside(o, s->sh_offset, s->sh_size) ||
		    (s->sh_type == SHT_STRTAB &&
		     (!s->sh_size || o->p[s->sh_offset + s->sh_size - 1])))
			return false;
	}
	o->section_names = o->p + o->sections[h->e_shstrndx].sh_offset;
	o->symbols = object_section(o, ".symtab");
	if (!o->symbols || o->symbols->sh_link >= o->nsections)
		return false;
	o->strings = &o->sections[o->symbols->sh_link];
	return true;
}

int object_map(struct object *o, const char *dir, const char *so,
	       struct failure *failure)
{
	char path[PATH_MAX + 32];
	struct stat st;

	*o = (struct object){ .p = MAP_FAILED };
	snprintf(path, sizeof(path), "%s/%s", dir, so);
	o->fd = open(path, O_RDWR | O_CLOEXEC);
	if (o->fd >= 0 && !fstat(o->fd, &st)) {
		o->n = (size_t)st.st_size;
		o->p = mmap(NULL, o->n, PROT_READ | PROT_WRITE, MAP_SHARED,
			    o->fd, 0);
	}
	if (o->p == MAP_FAILED)
		return failure_set(failure, FAIL_HOST, "what lld made cannot be "
				   "changed: %s", strerror(errno));
	if (!is_sound(o))
		return failure_set(failure, FAIL_HOST, "what lld made is no "
				   "shared object with symbols");
	return 0;
}

int object_unmap(struct object *o, int err, struct failure *failure)
{
	bool is_bad = o->p != MAP_FAILED && munmap(o->p, o->n);

	is_bad |= o->fd >= 0 && close(o->fd);
	if (is_bad && !err)
		err = failure_set(failure, FAIL_WRITE, "what lld made cannot be "
				  "written: %s", strerror(errno));
	return err;
}

static void align(struct buffer *more, const struct object *o)
{
	while ((o->n + more->n) % 8)
		buffer_byte(more, 0);
}

int object_append(struct object *o, const char *name, const struct buffer *contents,
		  struct failure *failure)
{
	const Elf64_Shdr *section = object_section(o, name);
	Elf64_Shdr copy = *section;
	Elf64_Ehdr *h = (void *)o->p;
	struct buffer more = { 0 };
	uint64_t headers;
	int err = 0;

	align(&more, o);
	copy.sh_offset = o->n + more.n;
	copy.sh_size = contents->n;
	buffer_put(&more, contents->p, contents->n);
	align(&more, o);
	headers = o->n + more.n;
	buffer_put(&more, o->sections, o->nsections * sizeof(copy));
	buffer_put(&more, &copy, sizeof(copy));
	more.failed |= contents->failed;
	errno = more.failed ? ENOMEM : ENOSPC;
	if (more.failed ||
	    pwrite(o->fd, more.p, more.n, (off_t)o->n) != (ssize_t)more.n) {
		err = failure_set(failure, FAIL_WRITE, "what lld made cannot be "
				  "added to: %s", strerror(errno));
	} else {
		h->e_shoff = headers;
		h->e_shnum++;
	}
	buffer_free(&more);
	return err;
}

void *object_at(const struct object *o, uint64_t address, uint64_t n)
{
	unsigned int i;

	for (i = 0; i < o->nsections; i++) {
		const Elf64_Shdr *s = &o->sections[i];

		if (s->sh_type == SHT_PROGBITS && (s->sh_flags & SHF_ALLOC) &&
		    address >= s->sh_addr && address - s->sh_addr < s->sh_size &&
		    n <= s->sh_size - (address - s->sh_addr))
			return o->p + s->sh_offset + (address - s->sh_addr);
	}
	return NULL;
}
