// SPDX-License-Identifier: Apache-2.0
/* pointers.c: pointers of 4 bytes in two sections .debug_abbrev, see pointers.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "dwarf.h"
#include "object.h"
#include "pointers.h"

/* One abbreviation: where it is in the section. */
struct abbreviation {
	size_t tag, type; /* their first byte; type: 0, if it has none */
	bool is_pointer;
};

/* The next one of any table. */
static bool read_next(struct wasm_reader *r, const uint8_t *start,
		      struct abbreviation *ret)
{
	uint64_t code = 0, tag, name, form;

	while (!code && !r->bad)
		code = wasm_read_leb(r, 64, false); /* 0: a table's end */
	*ret = (struct abbreviation){ .tag = (size_t)(r->p - start) };
	tag = wasm_read_leb(r, 16, false);
	ret->is_pointer = wasm_read_byte(r) == DW_CHILDREN_no &&
			  tag == DW_TAG_enumeration_type;
	do {
		size_t at = (size_t)(r->p - start);

		name = wasm_read_leb(r, 16, false);
		form = wasm_read_leb(r, 16, false);
		if (form == DW_FORM_implicit_const)
			wasm_read_leb(r, 64, true);
		if (name == DW_AT_type)
			ret->type = at;
	} while (!r->bad && (name || form));
	return !r->bad;
}

/* Both tags and both attributes have one byte. */
static void tell_apart(uint8_t *first, uint8_t *last, size_t n)
{
	struct wasm_reader r = { last, last + n, false, NULL };
	struct abbreviation a;

	while (read_next(&r, last, &a)) {
		if (!a.is_pointer)
			continue;
		last[a.tag] = DW_TAG_pointer_type;
		if (a.type)
			first[a.type] = DW_AT_containing_type;
	}
}

/* At the end of the file: the section once more, and the sections' headers with it. */
static int append(struct object *o, const Elf64_Shdr *section,
		  const struct buffer *last, int fd)
{
	struct buffer more = { 0 };
	Elf64_Ehdr *h = (void *)o->p;
	Elf64_Shdr copy = *section;
	uint64_t headers;
	int err;

	copy.sh_offset = (o->n + 7) & ~UINT64_C(7);
	while (o->n + more.n < copy.sh_offset)
		buffer_byte(&more, 0);
	buffer_put(&more, last->p, last->n);
	while ((o->n + more.n) % 8)
		buffer_byte(&more, 0);
	headers = o->n + more.n;
	buffer_put(&more, o->sections, o->nsections * sizeof(copy));
	buffer_put(&more, &copy, sizeof(copy));
	err = more.failed ||
	      pwrite(fd, more.p, more.n, (off_t)o->n) != (ssize_t)more.n;
	buffer_free(&more);
	if (!err) {
		h->e_shoff = headers;
		h->e_shnum++;
	}
	return err;
}

static int finish(struct object *o, const char *path, struct failure *failure)
{
	const Elf64_Shdr *section = object_section(o, ".debug_abbrev");
	struct buffer last = { 0 };
	int fd, err;

	if (!section || o->nsections >= SHN_LORESERVE - 1)
		return 0;
	buffer_put(&last, o->p + section->sh_offset, section->sh_size);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	err = fd < 0 || last.failed;
	if (!err) {
		tell_apart((uint8_t *)o->p + section->sh_offset, last.p, last.n);
		err = append(o, section, &last, fd);
	}
	if (fd >= 0 && close(fd))
		err = 1;
	buffer_free(&last);
	return err ? failure_set(failure, FAIL_WRITE, "what lld made cannot be "
				 "added to: %s", strerror(errno)) : 0;
}

int pointers_finish(const char *dir, const char *so, struct failure *failure)
{
	char path[PATH_MAX + 32];
	struct object o;
	int err = object_map(&o, dir, so, failure);

	snprintf(path, sizeof(path), "%s/%s", dir, so);
	if (!err)
		err = finish(&o, path, failure);
	return object_unmap(&o, err, failure);
}
