/* SPDX-License-Identifier: Apache-2.0 */
/* exit.h: what the runner's exit status says. */
#ifndef RUNNER_EXIT_H
#define RUNNER_EXIT_H

#define EXIT_STATUSES(X)                                                       \
	X(OK, 0, "the guest powered off, or --expect was seen")                \
	X(USAGE, 64, "the command line is wrong")                              \
	X(DATA, 65, "an input file is no kernel, no initramfs, or damaged")    \
	X(NOINPUT, 66, "an input file cannot be read")                         \
	X(TOOL, 69, "a tool that the translation needs is missing")            \
	X(TRAP, 70, "the guest's kernel trapped and could not go on")          \
	X(HOST, 71, "the host failed: memory, threads, terminal")              \
	X(PANIC, 72, "the guest's kernel panicked")                            \
	X(CACHE, 73, "the cache cannot be written")                            \
	X(RESTART, 75, "the guest asked for a restart")                        \
	X(EXPECT, 76, "--expect was not seen")                                 \
	X(HALT, 77, "the guest halted")                                        \
	X(RACE, 79, "--sanitize=thread reported a race")                       \
	X(ESCAPE, 80, "Ctrl-A x was typed")                                    \
	X(TIMEOUT, 124, "--timeout is over")                                   \
	X(SIGNAL, 128, "plus a signal's number: the signal ended the runner")

enum exit_status {
#define EXIT_ENUM(name, status, text) EXIT_##name = status,
	EXIT_STATUSES(EXIT_ENUM)
#undef EXIT_ENUM
};

#endif
