/* SPDX-License-Identifier: Apache-2.0 */
/* embed.h: the files of rt/, guest_module.h, and sources.sum, which tells what the
 * translator was made from, as part of the program. */
#ifndef TRANSLATE_EMBED_H
#define TRANSLATE_EMBED_H

struct embedded_file {
	const char *name;
	const char *start, *end;
};

/* Ends with a name of NULL. */
extern const struct embedded_file embedded_files[];

#endif
