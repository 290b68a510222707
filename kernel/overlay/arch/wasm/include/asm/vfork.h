/* SPDX-License-Identifier: GPL-2.0-only */
/* vfork.h: job control between vfork() and exec. */
#ifndef _ASM_WASM_VFORK_H
#define _ASM_WASM_VFORK_H

#include <linux/types.h>

/* Of jobctl, beside those of linux/sched/jobctl.h; a new task has none. */
#define WASM_STOP_LATER (1ul << 31)

/* With siglock held: SIGTSTP is to come when exec is done, if vfork() is not; true. */
bool wasm_stop_later(void);
/* exec is done. */
void wasm_stop_now(void);
#endif
