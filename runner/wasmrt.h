/* SPDX-License-Identifier: Apache-2.0 */
/* wasmrt.h: wasm's wait and notify, as calls (see tools/translate). The rest of
 * what wasmrt.c defines is declared in guest_rt.h. */
#ifndef RUNNER_WASMRT_H
#define RUNNER_WASMRT_H

#include "util.h"

struct task;

/* Before guest code runs: look at what the CPU has. */
void wasmrt_start(void);

/* 0 woken, 1 the value is not the expected one, 2 timeout (ns; < 0: none). */
u32 host_wasm_ext_wait32(struct task *task, u32 addr, u32 expected,
			    u64 timeout);
u32 host_wasm_ext_wait64(struct task *task, u32 addr, u64 expected,
			    u64 timeout);
/* Number of threads woken. */
u32 host_wasm_ext_notify(struct task *task, u32 addr, u32 count);

#endif
