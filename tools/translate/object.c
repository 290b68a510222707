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
	int fd;

	*o = (struct object){ .p = MAP_FAILED };
	snprintf(path, sizeof(path), "%s/%s", dir, so);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0 && !fstat(fd, &st)) {
		o->n = (size_t)st.st_size;
		o->p = mmap(NULL, o->n, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			    0);
	}
	if (fd >= 0)
		close(fd);
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
	if (o->p != MAP_FAILED && munmap(o->p, o->n) && !err)
		err = failure_set(failure, FAIL_HOST, "munmap: %s",
				  strerror(errno));
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
