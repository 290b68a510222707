// SPDX-License-Identifier: Apache-2.0
/*
 * hostcalls.c: the bodies of HOST_CALLS (include/host_abi.h), and round each a
 * wrapper that records it. The kernel's shared object finds them by name.
 */
#define LOG_MODULE "hostcalls"
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "clock.h"
#include "console.h"
#include "debugger.h"
#include "exit.h"
#include "expect.h"
#include "fault.h"
#include "frames.h"
#include "futex.h"
#include "heartbeat.h"
#include "hostabi.h"
#include "log.h"
#include "machine.h"
#include "report.h"
#include "trace.h"
#include "user.h"

/* Those of which there are too many to be worth a place in the record. */
#define UNTRACED_wasm_cpu_clock_get_monotonic 1
#define UNTRACED_wasm_ext_cpu_relax 1
#define UNTRACED_wasm_ext_stack_trace 1

#define BODY(ret, name, n, ...) \
	static ret body_##name(struct task *t ABI_PARAMS_##n(__VA_ARGS__));
HOST_CALLS(BODY)

/* What fails this is the guest's fault, and ends like a fault. */
static void check_memory(gaddr_t addr, u64 n)
{
	if (n && !memory_has(&the_vm->memory, addr, n))
		wasm_rt_trap(WASM_RT_TRAP_OOB);
}

static void get_name(gaddr_t addr, char name[16])
{
	memory_get_string(&the_vm->memory, addr, name, 16);
}

/* ---- clocks, random bytes --------------------------------------------- */

static u64 body_wasm_cpu_clock_get_monotonic(struct task *t)
{
	(void)t;
	return clock_guest_monotonic();
}

static u64 body_wasm_ext_clock_realtime(struct task *t)
{
	(void)t;
	return clock_guest_realtime();
}

static u32 body_wasm_ext_random(struct task *t, gaddr_t buf, u32 len)
{
	u32 done = 0;

	(void)t;
	check_memory(buf, len);
	while (done < len) {
		ssize_t n = getrandom((char *)memory_at(buf) + done,
				      len - done, 0);

		if (n < 0)
			break;
		done += (u32)n;
	}
	return done;
}

/* ---- console ---------------------------------------------------------- */

static u32 body_wasm_driver_hvc_put(struct task *t, gaddr_t buf, u32 len)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static _Atomic bool failed;
	bool found;
	int n;

	(void)t;
	check_memory(buf, len);
	n = console_write(memory_at(buf), len);
	if (n < 0) {
		if (!atomic_exchange(&failed, true))
			log_error("the console cannot be written: %s",
				  strerror(-n));
		the_vm->end(EXIT_HOST);
		return len;
	}
	pthread_mutex_lock(&lock);
	found = expect_feed(memory_at(buf), len);
	pthread_mutex_unlock(&lock);
	if (found)
		machine_expected();
	return len;
}

static u32 body_wasm_driver_hvc_get(struct task *t, gaddr_t buf, u32 len)
{
	(void)t;
	check_memory(buf, len);
	return console_read(memory_at(buf), len);
}

static u32 body_wasm_ext_console_size(struct task *t)
{
	(void)t;
	return console_size();
}

/* ---- CPUs ------------------------------------------------------------- */

static void body_wasm_start_cpu(struct task *t, u32 cpu, gaddr_t idle,
				gaddr_t start_stack)
{
	if (cpu >= the_vm->ncpus || !cpu)
		task_bug(t, "the kernel starts CPU %u, of which there is none",
			 cpu);
	machine_start_cpu(cpu, idle, start_stack);
}

static void body_wasm_stop_cpu(struct task *t, u32 cpu)
{
	if (cpu >= the_vm->ncpus || cpu == t->cpu->number)
		return;
	atomic_store(&the_vm->cpus[cpu].stopped, true);
	cpu_kick(&the_vm->cpus[cpu]);
}

static void body_wasm_ext_timer_set(struct task *t, u64 deadline_ns)
{
	cpu_timer_set(t->cpu, clock_host_time(deadline_ns));
}

static u32 body_wasm_ext_host_stopped(struct task *t)
{
	(void)t;
	return heartbeat_missed();
}

static void body_wasm_ext_cpu_idle(struct task *t, gaddr_t word,
				   u64 deadline_ns)
{
	check_memory(word, 4);
	if (cpu_idle(t->cpu, memory_at(word), clock_host_time(deadline_ns)))
		the_vm->kernel.raise_interrupt(t->kinst, t->cpu->number,
					       WASM_IRQ_TIMER);
}

static void body_wasm_ext_interrupt_cpu(struct task *t, u32 cpu)
{
	(void)t;
	if (cpu < the_vm->ncpus)
		cpu_kick(&the_vm->cpus[cpu]);
}

/* Whom the caller waits for may need this host CPU. */
static void body_wasm_ext_cpu_relax(struct task *t)
{
	if (++t->spins % 16)
		__builtin_ia32_pause();
	else
		sched_yield();
}

/* ---- tasks ------------------------------------------------------------ */

static struct task *find_task(struct task *t, gaddr_t addr)
{
	struct task *found = task_find(addr);

	if (!found)
		task_bug(t, "the kernel switches to %08x, which is no task",
			 addr);
	return found;
}

static u32 body_wasm_create_and_run_task(struct task *t, gaddr_t prev,
					 gaddr_t new, gaddr_t name,
					 u32 bin_start, u32 bin_end,
					 u32 data_start, u32 table_start)
{
	struct task *task;
	char text[16];

	(void)bin_end;
	(void)table_start;
	get_name(name, text);
	task = task_create(new, text, t->cpu, NULL);
	task->entry = ENTER_TASK;
	task->entry_argument = prev;
	task->bin_start = bin_start;
	task->data_start = data_start;
	return task_switch_new(t, task);
}

static u32 body_wasm_serialize_tasks(struct task *t, gaddr_t prev, gaddr_t next)
{
	(void)prev;
	return task_switch(t, find_task(t, next));
}

static void body_wasm_release_task(struct task *t, gaddr_t dead)
{
	task_release(find_task(t, dead));
}

static void body_wasm_ext_task_name(struct task *t, gaddr_t name)
{
	char text[16];

	get_name(name, text);
	task_set_name(t, text);
}

/* ---- programs --------------------------------------------------------- */

static u32 body_wasm_ext_check_executable(struct task *t, u32 bin_start,
					  u32 bin_end, gaddr_t name)
{
	const struct program *program;
	char text[64];

	(void)t;
	check_memory(bin_start, bin_end < bin_start ? ~0u :
						      bin_end - bin_start);
	memory_get_string(&the_vm->memory, name, text, sizeof(text));
	return (u32)program_find(the_vm->settings, memory_at(bin_start),
				 bin_end - bin_start, text, false, &program);
}

static void body_wasm_load_executable(struct task *t, u32 bin_start,
				      u32 bin_end, u32 data_start,
				      u32 table_start)
{
	(void)table_start;
	user_load(t, bin_start, bin_end, data_start);
}

static void body_wasm_user_mode_tail(struct task *t, u32 flow)
{
	user_tail(t, flow);
}

/* ---- the end ---------------------------------------------------------- */

static void body_wasm_panic(struct task *t, gaddr_t msg)
{
	char text[256], what[300];

	memory_get_string(&the_vm->memory, msg, text, sizeof(text));
	snprintf(what, sizeof(what), "the guest's kernel panicked: %s", text);
	guest_fault(t, what, 0);
	the_vm->report(t, what, NULL);
	the_vm->end(EXIT_PANIC);
	task_stop();
}

static void body_wasm_dump_stacktrace(struct task *t, gaddr_t buf, u32 max)
{
	(void)t;
	if (!max)
		return;
	check_memory(buf, max);
	report_stack(memory_at(buf), max);
}

static u32 body_wasm_ext_protect(struct task *t, u32 start, u32 bytes,
				 u32 protection)
{
	(void)t;
	return (u32)-memory_protect(&the_vm->memory, start, bytes,
				    protection == WASM_PROTECT_NONE);
}

/* Whoever debugs may want to see what was freed. */
static void body_wasm_ext_memory_unused(struct task *t, u32 start, u32 bytes)
{
	(void)t;
	if (!debugger_was_there())
		memory_discard(&the_vm->memory, start, bytes);
}

static u32 body_wasm_ext_stack_trace(struct task *t, gaddr_t whose,
				     gaddr_t buf, u32 max)
{
	struct task *other;
	u32 n;

	check_memory(buf, (u64)max * sizeof(u32));
	if (!whose || whose == t->gaddr)
		return frames_of_caller(t, memory_at(buf), max);
	other = task_get(whose);
	n = other ? frames_of_task(other, memory_at(buf), max) : 0;
	task_put();
	return n;
}

static void body_wasm_ext_machine_end(struct task *t, u32 reason)
{
	(void)t;
	the_vm->end(reason == WASM_END_POWEROFF ? EXIT_OK :
		    reason == WASM_END_RESTART ? EXIT_RESTART : EXIT_HALT);
	task_stop();
}

/* ---- the functions that the kernel imports ------------------------------ */

#define UNTRACED(name) UNTRACED_(UNTRACED_##name)
#define UNTRACED_(x) UNTRACED__(x)
#define UNTRACED__(x) (#x[0] == '1')

#define ENTER(name, n, ...)                                                \
	trace_enter(HOST_CALL_##name, task->gaddr,                         \
		    task->cpu ? task->cpu->number : 0,                     \
		    (u64[TRACE_ARGS + 1]){ 0 ABI_NAMES_##n(__VA_ARGS__) } + 1)
#define CALL(name, n, ...) body_##name(task ABI_NAMES_##n(__VA_ARGS__))

#define CALL_TRACED_void(name, n, ...)                                     \
	struct trace_entry *e = ENTER(name, n, __VA_ARGS__);               \
	CALL(name, n, __VA_ARGS__);                                        \
	trace_leave(e, 0)
#define CALL_TRACED_value(ret, name, n, ...)                               \
	struct trace_entry *e = ENTER(name, n, __VA_ARGS__);               \
	ret value = CALL(name, n, __VA_ARGS__);                            \
	trace_leave(e, value);                                             \
	return value
#define CALL_TRACED_u32(...) CALL_TRACED_value(u32, __VA_ARGS__)
#define CALL_TRACED_u64(...) CALL_TRACED_value(u64, __VA_ARGS__)

#define HOST_FUNCTION(ret, name, n, ...)                                   \
	ret host_##name(struct task *task ABI_PARAMS_##n(__VA_ARGS__))  \
	{                                                                  \
		if (UNTRACED(name))                                        \
			return CALL(name, n, __VA_ARGS__);                 \
		CALL_TRACED_##ret(name, n, __VA_ARGS__);                   \
	}
HOST_CALLS(HOST_FUNCTION)
