// SPDX-License-Identifier: Apache-2.0
/*
 * usercalls.c: what programs import. A system call goes straight into the
 * kernel instance of the task, on its own thread.
 */
#include "race.h"
#include "stack.h"
#include "user.h"
#include "usercalls.h"
#include "vfork.h"

#define NR_CLONE 220
#define NR_CLONE3 435

#define SYSCALL_PARAMS_0
#define SYSCALL_PARAMS_1 , u32 a
#define SYSCALL_PARAMS_2 SYSCALL_PARAMS_1, u32 b
#define SYSCALL_PARAMS_3 SYSCALL_PARAMS_2, u32 c
#define SYSCALL_PARAMS_4 SYSCALL_PARAMS_3, u32 d
#define SYSCALL_PARAMS_5 SYSCALL_PARAMS_4, u32 e
#define SYSCALL_PARAMS_6 SYSCALL_PARAMS_5, u32 f
#define SYSCALL_NAMES_0
#define SYSCALL_NAMES_1 , a
#define SYSCALL_NAMES_2 SYSCALL_NAMES_1, b
#define SYSCALL_NAMES_3 SYSCALL_NAMES_2, c
#define SYSCALL_NAMES_4 SYSCALL_NAMES_3, d
#define SYSCALL_NAMES_5 SYSCALL_NAMES_4, e
#define SYSCALL_NAMES_6 SYSCALL_NAMES_5, f

#define FIRST(nr, a, ...) a

#define SYSCALL(n)                                                       \
	static inline u32 syscall_##n(struct task *task, u32 sp, u32 tls, \
				      u32 nr SYSCALL_PARAMS_##n)         \
	{                                                                \
		u32 (*call)(void *, u32, u32, u32 SYSCALL_PARAMS_##n) =  \
			task->kernel->syscalls[n];                       \
		struct image *image;                                     \
		u32 ret;                                                 \
                                                                         \
		if (nr != NR_CLONE && nr != NR_CLONE3)                   \
			return call(task->kinst, sp, tls,                \
				    nr SYSCALL_NAMES_##n);               \
		image = user_clone_begin(task);                          \
		ret = call(task->kinst, sp, tls, nr SYSCALL_NAMES_##n);  \
		if ((int)ret < 0)                                        \
			user_clone_end(image);                           \
		return ret;                                              \
	}                                                                \
                                                                         \
	u32 host___wasm_syscall_##n(struct task *task, u32 sp, u32 tls,  \
				    u32 nr SYSCALL_PARAMS_##n)           \
	{                                                                \
		u32 ret;                                                 \
                                                                         \
		if (__builtin_expect(stack_is_low(STACK_FOR_SYSCALL), 0)) \
			stack_exhausted();                               \
		race_syscall_begin(nr, FIRST(nr SYSCALL_NAMES_##n, 0));  \
		ret = syscall_##n(task, sp, tls, nr SYSCALL_NAMES_##n);  \
		race_syscall_end(nr, FIRST(nr SYSCALL_NAMES_##n, 0));    \
		return ret;                                              \
	}

SYSCALL(0)
SYSCALL(1)
SYSCALL(2)
SYSCALL(3)
SYSCALL(4)
SYSCALL(5)
SYSCALL(6)

u32 host___wasm_ext_vfork(struct task *task, u32 sp, u32 tls)
{
	if (stack_is_low(STACK_FOR_SYSCALL))
		stack_exhausted();
	return vfork_call(task, sp, tls);
}

void host___wasm_abort(struct task *task)
{
	(void)task;
	wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
}

wasm_rt_shared_memory_t *host_memory(struct task *task)
{
	(void)task;
	return &the_vm->memory.wasm;
}

wasm_rt_funcref_table_t *
host___indirect_function_table(struct task *task)
{
	return &task->user->image->table;
}

volatile u32 *host___stack_pointer(struct task *task)
{
	return &task->user->sp;
}

u32 *host___memory_base(struct task *task)
{
	return &task->user->image->memory_base;
}

u32 *host___table_base(struct task *task)
{
	return &task->user->image->table_base;
}
