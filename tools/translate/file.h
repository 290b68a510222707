/* SPDX-License-Identifier: Apache-2.0 */
/* file.h: whole files, with failures as sentences. */
#ifndef TRANSLATE_FILE_H
#define TRANSLATE_FILE_H

#include "buffer.h"
#include "failure.h"

/* dir/name (dir may be NULL) as text with a NUL at its end, which n counts.
 * 0 or -1. */
int file_read_text(const char *dir, const char *name, struct buffer *ret,
		   struct failure *failure);
/* Write b to dir/name. Fails if b->failed. 0 or -1. */
int file_write(const char *dir, const char *name, const struct buffer *b,
	       struct failure *failure);
/* Remove a directory and all in it; what cannot be removed stays. */
void file_remove_tree(const char *path);
/* mkdir -p. 0 or -1. */
int file_make_dirs(const char *path, struct failure *failure);

#endif
