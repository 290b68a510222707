/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_TIME_H
#define _ASM_WASM_TIME_H

#include <linux/types.h>

/* This CPU's next timer event, in ns of the host's monotonic clock. */
u64 wasm_timer_deadline(void);
/* Make the timer's interrupt pending if that time has come. */
void wasm_timer_check(void);
void wasm_timer_init_cpu(void);
/* Was the host stopped? Who did nothing meanwhile is not to blame then. */
bool wasm_excuse_host(void);
void wasm_clock_init(void);
#endif
