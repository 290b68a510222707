/* SPDX-License-Identifier: Apache-2.0 */
/* usercalls.h: what programs import, under the names that wasm2c makes. */
#ifndef RUNNER_USERCALLS_H
#define RUNNER_USERCALLS_H

#include "guest_rt.h"
#include "util.h"

struct task;

u32 host___wasm_syscall_0(struct task *task, u32 sp, u32 tls, u32 nr);
u32 host___wasm_syscall_1(struct task *task, u32 sp, u32 tls, u32 nr,
				u32 a);
u32 host___wasm_syscall_2(struct task *task, u32 sp, u32 tls, u32 nr,
				u32 a, u32 b);
u32 host___wasm_syscall_3(struct task *task, u32 sp, u32 tls, u32 nr,
				u32 a, u32 b, u32 c);
u32 host___wasm_syscall_4(struct task *task, u32 sp, u32 tls, u32 nr,
				u32 a, u32 b, u32 c, u32 d);
u32 host___wasm_syscall_5(struct task *task, u32 sp, u32 tls, u32 nr,
				u32 a, u32 b, u32 c, u32 d, u32 e);
u32 host___wasm_syscall_6(struct task *task, u32 sp, u32 tls, u32 nr,
				u32 a, u32 b, u32 c, u32 d, u32 e, u32 f);
u32 host___wasm_ext_vfork(struct task *task, u32 sp, u32 tls);
void host___wasm_abort(struct task *task);

wasm_rt_shared_memory_t *host_memory(struct task *task);
wasm_rt_funcref_table_t *
host___indirect_function_table(struct task *task);
volatile u32 *host___stack_pointer(struct task *task);
u32 *host___memory_base(struct task *task);
u32 *host___table_base(struct task *task);

#endif
