/* SPDX-License-Identifier: Apache-2.0 */
/*
 * console.h: the guest's console is the runner's stdin and stdout.
 *
 * The main thread reads stdin into a ring, from which the guest takes; the guest
 * writes to stdout directly. A terminal is raw from console_start() to
 * console_restore().
 */
#ifndef RUNNER_CONSOLE_H
#define RUNNER_CONSOLE_H

#include <uv.h>

#include "util.h"

struct console_hooks {
	void (*input)(void);	/* there is something to read */
	void (*resized)(void);
	void (*escape)(void);	/* Ctrl-A x */
	bool (*is_idle)(void);	/* the guest has nothing to do */
};

/* Main thread, before the guest runs. debugger_has_ctrl_c: typed at a terminal, it
 * interrupts this process, and is not for the guest. Dies. */
void console_start(uv_loop_t *loop, const struct console_hooks *hooks,
		   bool debugger_has_ctrl_c);

/* Put the terminal back. Any thread, also in signal handlers; again is fine. */
void console_restore(void);

/* Take up to n typed bytes. Any thread of the guest, one at a time. */
u32 console_read(char *buf, u32 n);

/* Write all; number of bytes written, or -errno. */
int console_write(const char *buf, u32 n);

/* rows << 16 | columns, 0 if there is no terminal. */
u32 console_size(void);

#endif
