// SPDX-License-Identifier: Apache-2.0
/* debugfile.c: the file that has a module's DWARF, see debugfile.h. */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "debugfile.h"

static bool map_file(struct debug_file *f, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return false;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size) {
		f->n = (size_t)st.st_size;
		f->p = mmap(NULL, f->n, PROT_READ, MAP_PRIVATE, fd, 0);
		if (f->p == MAP_FAILED)
			f->p = NULL;
	}
	close(fd);
	return f->p;
}

/* The path of a custom section, or an empty text. */
static void read_path(const struct wasm_module *m, char path[PATH_MAX])
{
	struct wasm_slice s = wasm_custom_section(m, "external_debug_info");
	struct wasm_reader r = { s.p, s.p + s.n, false, NULL };

	path[0] = 0;
	if (!s.p)
		return;
	s = wasm_read_name(&r);
	if (r.bad || !s.n || s.p[0] != '/' || s.n >= PATH_MAX ||
	    memchr(s.p, 0, s.n))
		return;
	memcpy(path, s.p, s.n);
	path[s.n] = 0;
}

const struct wasm_module *debug_file_open(struct debug_file *f,
					  const struct wasm_module *m)
{
	const struct wasm_slice *code = &m->section[WASM_CODE], *other;
	struct failure ignored;
	char path[PATH_MAX];

	memset(f, 0, sizeof(*f));
	read_path(m, path);
	if (!path[0] || !map_file(f, path))
		return m;
	other = &f->module.section[WASM_CODE];
	if (!wasm_module_read(&f->module, f->p, f->n, &ignored) && code->p &&
	    other->p && other->n == code->n &&
	    !memcmp(other->p, code->p, code->n))
		return &f->module;
	debug_file_close(f);
	return m;
}

void debug_file_close(struct debug_file *f)
{
	if (!f->p)
		return;
	wasm_module_free(&f->module);
	munmap(f->p, f->n);
	f->p = NULL;
}
