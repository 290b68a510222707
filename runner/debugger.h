/* SPDX-License-Identifier: Apache-2.0 */
/* debugger.h: debuggers that the runner starts, or waits for. */
#ifndef RUNNER_DEBUGGER_H
#define RUNNER_DEBUGGER_H

#include <stdbool.h>

#include "util.h"

enum debugger { DEBUGGER_NONE, DEBUGGER_GDB, DEBUGGER_LLDB };

/*
 * Become the debugger, which runs this program with these arguments, but for
 * --gdb and --lldb; it stops where the guest's kernel begins. Does not return:
 * dies when the debugger cannot be executed.
 */
void debugger_exec(enum debugger debugger, char **argv)
	__attribute__((noreturn));

/* Does somebody trace us? */
bool debugger_is_there(void);

/* Did somebody a moment ago? For what asks often. In handlers of signals too. */
bool debugger_was_there(void);

/* Does it keep the main thread stopped, and so all but this one? While it steps a thread
 * through a few instructions, say. In handlers of signals too. */
bool debugger_holds_others(void);

/* Say who we are, and wait until somebody traces us. */
void debugger_wait(void);

#endif
