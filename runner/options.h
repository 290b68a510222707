/* SPDX-License-Identifier: Apache-2.0 */
/* options.h: the command line. */
#ifndef RUNNER_OPTIONS_H
#define RUNNER_OPTIONS_H

#include "util.h"

struct options {
	const char *kernel, *initramfs;
	u64 memory_bytes;
	u32 cpus;
	char *cache_dir;
	char *command_line;	/* the guest kernel's */
	const char *expect;	/* NULL: none */
	double timeout_s;	/* 0: none */
	bool trace;
};

/* Exits for --help, --version and what is wrong. */
void options_parse(struct options *o, int argc, char **argv);

#endif
