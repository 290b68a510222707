/* SPDX-License-Identifier: Apache-2.0 */
/* options.h: the command line. */
#ifndef RUNNER_OPTIONS_H
#define RUNNER_OPTIONS_H

#include "debugger.h"
#include "translate.h"
#include "util.h"

/* What a hit leads to; after it was printed. */
enum watch_action {
	WATCH_PRINT,
	WATCH_STOP,	/* the process stops, as by Ctrl-Z, or in its debugger */
	WATCH_ABORT,	/* it aborts, with a core dump */
};

struct watch_options {
	const char **watches;	/* PLACE[:LENGTH][:CONDITION] */
	unsigned int nwatches;
	const char **records;	/* PLACE[:LENGTH] or "all" */
	unsigned int nrecords;
	enum watch_action action;
	bool checks; /* even if the CPU could do it */
};

struct options {
	const char *kernel, *initramfs;
	u64 memory_bytes;
	u32 cpus;
	struct translate_settings translate; /* cache and level */
	struct translate_settings programs; /* the same */
	const char *sanitizer; /* of programs; NULL: none */
	char *command_line;	/* the guest kernel's */
	const char *expect;	/* NULL: none */
	double timeout_s;	/* 0: none */
	u32 clock_rate;
	bool trace;
	enum debugger debugger;	/* to become */
	bool wait_for_debugger;
	bool debugger_has_ctrl_c;
	struct watch_options watch;
};

/* Exits for --help, --version and what is wrong. */
void options_parse(struct options *o, int argc, char **argv);

#endif
