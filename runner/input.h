/* SPDX-License-Identifier: Apache-2.0 */
/* input.h: the files on the command line. All of it dies with one sentence. */
#ifndef RUNNER_INPUT_H
#define RUNNER_INPUT_H

#include "translate.h"
#include "util.h"

struct input {
	const unsigned char *bytes;
	size_t size;
};

/* Map a regular, non-empty file; what: "kernel" or the like, for messages. */
void input_open(struct input *in, const char *path, const char *what);
void input_close(struct input *in);

/* Is it a whole cpio archive, plain or gzipped? */
void input_check_initramfs(const struct input *in, const char *path);

/* Path of the shared object of this kernel: itself, from the cache, or made
 * now, with progress on stderr. so_path has room for PATH_MAX bytes. */
void input_translate_kernel(const char *path,
			    const struct translate_settings *settings,
			    char *so_path);

#endif
