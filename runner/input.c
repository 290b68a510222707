// SPDX-License-Identifier: Apache-2.0
/* input.c: the files on the command line. */
#define LOG_MODULE "input"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "exit.h"
#include "futex.h"
#include "input.h"
#include "log.h"

void input_open(struct input *in, const char *path, const char *what)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st))
		die(EXIT_NOINPUT, "the %s %s cannot be read: %s", what, path,
		    strerror(errno));
	if (S_ISDIR(st.st_mode))
		die(EXIT_NOINPUT, "the %s %s is a directory", what, path);
	if (!S_ISREG(st.st_mode))
		die(EXIT_NOINPUT, "the %s %s is not a regular file", what,
		    path);
	if (!st.st_size)
		die(EXIT_DATA, "the %s %s is empty", what, path);
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		die(EXIT_NOINPUT, "the %s %s cannot be read: %s", what, path,
		    strerror(errno));
	close(fd);
	in->bytes = p;
	in->size = (size_t)st.st_size;
}

void input_close(struct input *in)
{
	munmap((void *)in->bytes, in->size);
}

static bool is_cpio(const unsigned char *p, size_t n)
{
	return n >= 6 && (!memcmp(p, "070701", 6) || !memcmp(p, "070702", 6));
}

static u32 hex8(const unsigned char *p)
{
	char text[9] = { 0 };

	memcpy(text, p, 8);
	return (u32)strtoul(text, NULL, 16);
}

#define CPIO_HEADER 110u

/* Does a plain archive reach its end mark? */
static bool cpio_is_whole(const unsigned char *p, size_t n)
{
	size_t at = 0;

	while (is_cpio(p + at, n - at) && n - at >= CPIO_HEADER) {
		u64 size = hex8(p + at + 54), name = hex8(p + at + 94);
		u64 data = ALIGN_UP(at + CPIO_HEADER + name, 4);

		if (data > n)
			return false;
		if (name == 11 &&
		    !memcmp(p + at + CPIO_HEADER, "TRAILER!!!", 11))
			return true;
		data = ALIGN_UP(data + size, 4);
		if (data >= n)
			return false;
		at = data;
	}
	return false;
}

/* Unpack without keeping, but for the start. NULL, or what is wrong. */
static const char *check_gzip(const struct input *in)
{
	unsigned char out[65536];
	z_stream z = { .next_in = (unsigned char *)in->bytes,
		       .avail_in = (unsigned int)in->size };
	bool first = true, cpio = false;
	int err;

	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		die(EXIT_HOST, "out of memory");
	do {
		z.next_out = out;
		z.avail_out = sizeof(out);
		err = inflate(&z, Z_NO_FLUSH);
		if (first)
			cpio = is_cpio(out, sizeof(out) - z.avail_out);
		first = false;
	} while (err == Z_OK);
	inflateEnd(&z);
	if (err == Z_BUF_ERROR)
		return "is truncated";
	if (err != Z_STREAM_END)
		return "is damaged";
	return cpio ? NULL : "holds no cpio archive";
}

void input_check_initramfs(const struct input *in, const char *path)
{
	const char *wrong = NULL;

	if (in->size > UINT_MAX)
		wrong = "is too large";
	else if (in->size >= 2 && in->bytes[0] == 0x1f && in->bytes[1] == 0x8b)
		wrong = check_gzip(in);
	else if (!is_cpio(in->bytes, in->size))
		wrong = "is neither a cpio archive (newc) nor a gzipped one";
	else if (!cpio_is_whole(in->bytes, in->size))
		wrong = "is truncated or damaged";
	if (wrong)
		die(EXIT_DATA, "the initramfs %s %s", path, wrong);
}

struct progress {
	u64 start_ns;
	char stage[64];
	bool terminal;
};

static int show_progress(void *arg, const char *stage, unsigned int done,
			 unsigned int total)
{
	struct progress *p = arg;
	u64 seconds = (clock_ns(CLOCK_MONOTONIC) - p->start_ns) / 1000000000u;

	if (p->terminal) {
		fprintf(stderr, "\rrunner: %s %u/%u, %llu s \033[K", stage,
			done, total, (unsigned long long)seconds);
		return 0;
	}
	if (strcmp(p->stage, stage))
		log_text("runner: %s", stage);
	snprintf(p->stage, sizeof(p->stage), "%s", stage);
	return 0;
}

static void translate(const char *path,
		      const struct translate_settings *settings,
		      struct translate_result *result)
{
	struct progress p = {
		.start_ns = clock_ns(CLOCK_MONOTONIC),
		.terminal = isatty(STDERR_FILENO),
	};
	struct translate_progress progress = { show_progress, &p };
	int err;

	log_text("runner: translating the kernel, which is done once and "
		 "takes some minutes");
	err = translate_file(settings, path, basename(path), &progress,
			     result);
	if (p.terminal)
		fprintf(stderr, "\r\033[K");
	if (err)
		die(result->status, "%s", result->message);
}

void input_translate_kernel(const char *path,
			    const struct translate_settings *settings,
			    char *so_path)
{
	struct translate_result *result = calloc(1, sizeof(*result));
	struct input in;
	int found;

	if (!result)
		die(EXIT_HOST, "out of memory");
	input_open(&in, path, "kernel");
	if (in.size >= 4 && !memcmp(in.bytes, "\177ELF", 4)) {
		if (!realpath(path, so_path))
			die(EXIT_NOINPUT, "the kernel %s cannot be read: %s",
			    path, strerror(errno));
		input_close(&in);
		free(result);
		return;
	}
	if (in.size < 8 || memcmp(in.bytes, "\0asm", 4))
		die(EXIT_DATA, "the kernel %s is neither WebAssembly nor a "
		    "translated kernel", path);
	input_close(&in);
	found = translate_lookup_file(settings, path, result);
	if (found < 0)
		die(result->status, "%s", result->message);
	if (!found)
		translate(path, settings, result);
	snprintf(so_path, PATH_MAX, "%s", result->so_path);
	free(result);
}
