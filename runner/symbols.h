/* SPDX-License-Identifier: Apache-2.0 */
/* symbols.h: the function and the source line at a place in guest text. */
#ifndef RUNNER_SYMBOLS_H
#define RUNNER_SYMBOLS_H

#include "module.h"

struct place {
	const struct module *module;
	const char *function;	/* NULL: unknown */
	size_t offset;		/* in the function, or in the text */
	const char *inlined;	/* a part of it that was a function; or NULL */
	const char *file;	/* of the inmost one; NULL: unknown; stays for good */
	int line;
};

/*
 * What is at pc, the address of an instruction (of a call: of its last byte).
 * False when that is in no module's text. The module's line table is read when
 * it is first asked for; nothing of the guest's memory is. Any thread; not in a
 * handler of a signal that came while the runner itself allocated memory.
 */
bool symbols_place(const void *pc, struct place *ret);

/* As "name+0x1f (module) dir/file.c:12" or, when the line is of a function that was
 * inlined, "that in name+0x1f ..."; returns the length, as snprintf(). */
int symbols_print(char *buf, size_t n, const struct place *place,
		  bool with_module);

#endif
