// SPDX-License-Identifier: Apache-2.0
/* wasmrt.c: what translated code calls besides its imports. */
#include <stdlib.h>

#include "exit.h"
#include "fault.h"
#include "futex.h"
#include "log.h"
#include "memory.h"
#include "user.h"
#include "wasmrt.h"

#define WAIT_OK 0u
#define WAIT_NOT_EQUAL 1u
#define WAIT_TIMED_OUT 2u
#define SLICE_NS 1000000u
#define MAX_TABLE (10u << 20)

uint8_t guest_wide;

void wasmrt_start(void)
{
	guest_wide = __builtin_cpu_supports("avx") != 0;
}

void wasm_rt_trap(wasm_rt_trap_t trap)
{
	fault_trap(trap);
}

void wasm_rt_trap_access(wasm_rt_trap_t trap, uint64_t a)
{
	fault_trap_access(trap, a);
}

void wasm_rt_trap_call(const wasm_rt_funcref_table_t *table, uint32_t i)
{
	fault_trap_call(table, i);
}

uint64_t wasm_rt_grow_memory_shared(wasm_rt_shared_memory_t *memory,
				    uint64_t pages)
{
	task_check_stack(task_self);
	return memory_grow(container_of(memory, struct memory, wasm), pages);
}

void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table,
				    uint32_t size, uint32_t max_size)
{
	if (size <= MAX_TABLE)
		table->data = calloc(size ? size : 1, sizeof(*table->data));
	if (!table->data)
		die(EXIT_HOST, "no memory for a table of %u functions", size);
	table->size = size;
	table->max_size = max_size;
}

void wasm_rt_allocate_externref_table(wasm_rt_externref_table_t *table,
				      uint32_t size, uint32_t max_size)
{
	if (size <= MAX_TABLE)
		table->data = calloc(size ? size : 1, sizeof(*table->data));
	if (!table->data)
		die(EXIT_HOST, "no memory for a table of %u references", size);
	table->size = size;
	table->max_size = max_size;
}

/* Until woken or a time. In user mode the kernel gets its interrupts. */
static u32 wait_until(struct task *t, const void *word, u32 expected, u64 end)
{
	while (true) {
		u64 now = clock_ns(CLOCK_MONOTONIC);
		bool user = task_in_user_mode(t);
		u64 until = user ? MIN(end, now + SLICE_NS) : end;
		struct timespec ts = timespec_of_ns(until);

		switch (futex_wait(word, expected,
				   until == ~(u64)0 ? NULL : &ts)) {
		case 0:
			return WAIT_OK;
		case EAGAIN:
			return WAIT_OK; /* it changed while we waited */
		case EFAULT:
			wasm_rt_trap(WASM_RT_TRAP_OOB);
		}
		if (user)
			user_enter(t);
		if (clock_ns(CLOCK_MONOTONIC) >= end)
			return WAIT_TIMED_OUT;
	}
}

static u64 end_of(u64 timeout)
{
	return (int64_t)timeout < 0 ? ~(u64)0 :
				      clock_ns(CLOCK_MONOTONIC) + timeout;
}

u32 host_wasm_ext_wait32(struct task *t, u32 addr, u32 expected,
			    u64 timeout)
{
	task_check_stack(t);
	if (!memory_has(&the_vm->memory, addr, 4))
		wasm_rt_trap(WASM_RT_TRAP_OOB);
	if (__atomic_load_n((u32 *)memory_at(addr), __ATOMIC_SEQ_CST) !=
	    expected)
		return WAIT_NOT_EQUAL;
	return wait_until(t, memory_at(addr), expected, end_of(timeout));
}

/* The host waits on 32 bits: a wake is enough, a change of the upper half alone
 * is seen when it comes with one. */
u32 host_wasm_ext_wait64(struct task *t, u32 addr, u64 expected,
			    u64 timeout)
{
	task_check_stack(t);
	if (!memory_has(&the_vm->memory, addr, 8))
		wasm_rt_trap(WASM_RT_TRAP_OOB);
	if (__atomic_load_n((u64 *)memory_at(addr), __ATOMIC_SEQ_CST) !=
	    expected)
		return WAIT_NOT_EQUAL;
	return wait_until(t, memory_at(addr), (u32)expected, end_of(timeout));
}

u32 host_wasm_ext_notify(struct task *t, u32 addr, u32 count)
{
	(void)t;
	if (!memory_has(&the_vm->memory, addr, 4))
		wasm_rt_trap(WASM_RT_TRAP_OOB);
	return (u32)futex_wake(memory_at(addr),
			       count > 0x7fffffff ? 0x7fffffff : (int)count);
}
