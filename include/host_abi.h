/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * host_abi.h: the one contract between a guest (Linux kernel or user program,
 * compiled to wasm32) and its host.
 *
 * Each table is expanded several times: to the kernel's import prototypes, to
 * the runner's definitions, to its list of known calls and to the trace. All
 * imports live in the wasm module "env". On the wire there are only u32 and
 * u64; a failure is a negative errno in a u32. A GUEST_PTR is the guest's own
 * address, always a u32 on the wire.
 *
 * Names without "ext" and their meaning are those of the Linux/Wasm release of
 * 2025-10-31 (Linux 6.4.16); what that interface lacks is named wasm_ext_*.
 */
#ifndef HOST_ABI_H
#define HOST_ABI_H

/* ------------------------------------------------------------------------
 * HOST_CALLS: functions that the kernel imports.
 *	X(return type, name, number of arguments, type, argument, ...)
 * Calls are made on the thread of the calling task. "irqs off" says that the
 * kernel has interrupts disabled on this CPU when it calls.
 */
#define HOST_CALLS(X)                                                          \
	/* Nanoseconds of a clock that never goes back. Any context. */        \
	X(u64, wasm_cpu_clock_get_monotonic, 0)                                \
	/* Write to the console; bytes taken. May block on a slow reader. */   \
	X(u32, wasm_driver_hvc_put, 2, GUEST_PTR(const char *), buf, u32, len) \
	/* Read what was typed; bytes copied, 0 if there is nothing. */        \
	X(u32, wasm_driver_hvc_get, 2, GUEST_PTR(char *), buf, u32, len)       \
	/* Start CPU `cpu`: a new thread with a kernel instance calls the      \
	 * export _start_secondary(start_stack); idle is its idle task.        \
	 * Returns at once. */                                                 \
	X(void, wasm_start_cpu, 3, u32, cpu, GUEST_PTR(struct task_struct *),  \
	  idle, GUEST_PTR(void *), start_stack)                                \
	/* CPU `cpu` (never the caller's) executes nothing from now on. */     \
	X(void, wasm_stop_cpu, 1, u32, cpu)                                    \
	/* First switch to `new`: its thread calls the export                  \
	 * ret_from_fork(prev, new) while the caller (task prev) blocks until  \
	 * somebody switches back to it. Returns the task that did. irqs off.  \
	 * name: comm, valid during the call. bin_start != 0: a user task that \
	 * runs the program at [bin_start, bin_end) with data at data_start. */\
	X(u32, wasm_create_and_run_task, 7, GUEST_PTR(struct task_struct *),   \
	  prev, GUEST_PTR(struct task_struct *), new, GUEST_PTR(const char *), \
	  name, u32, bin_start, u32, bin_end, u32, data_start, u32,            \
	  table_start)                                                         \
	/* Later switches: wake next, block; returns as above. irqs off. */    \
	X(u32, wasm_serialize_tasks, 2, GUEST_PTR(struct task_struct *), prev, \
	  GUEST_PTR(struct task_struct *), next)                               \
	/* Task dead is gone; its thread ends when it has switched away. Our   \
	 * kernel calls it from a task itself, before its last switch. */      \
	X(void, wasm_release_task, 1, GUEST_PTR(struct task_struct *), dead)   \
	/* exec: the program of the calling task is now this one. It starts    \
	 * when the system call ends with wasm_user_mode_tail(-1). */          \
	X(void, wasm_load_executable, 4, u32, bin_start, u32, bin_end, u32,    \
	  data_start, u32, table_start)                                        \
	/* On the way to user mode, with the kernel stack at rest.             \
	 * -1: exec happened, unwind everything, start the new program.        \
	 * bit 0: call the program's __libc_handle_signal with the stack       \
	 * pointer and TLS base that the kernel's exports give.                \
	 * bit 1: sigreturn, unwind to where the signal was delivered.         \
	 * Returns only for flow == 1, when the handler is done. */            \
	X(void, wasm_user_mode_tail, 1, u32, flow)                             \
	/* panic(): the message. The host reports; it need not return. */      \
	X(void, wasm_panic, 1, GUEST_PTR(const char *), msg)                   \
	/* Text of the calling thread's stack, NUL terminated. */              \
	X(void, wasm_dump_stacktrace, 2, GUEST_PTR(char *), buf, u32, max)     \
	/* Where a task is (0: the caller): the code addresses of its kernel   \
	 * functions, innermost first, up to the last entry from user mode.    \
	 * How many. They are those of functions, not of the calls in them.    \
	 * Nothing is said of a task that runs. Any context. */                \
	X(u32, wasm_ext_stack_trace, 3, GUEST_PTR(struct task_struct *),       \
	  whose, GUEST_PTR(u32 *), buf, u32, max)                              \
	/* The calling CPU wants irq 1 (timer) at this monotonic time in ns;   \
	 * 0: at once, ~0: never. Replaces the former wish. */                 \
	X(void, wasm_ext_timer_set, 1, u64, deadline_ns)                       \
	/* Did the host stand still for more than a second, stopped by a       \
	 * signal or in a debugger, not longer ago than that took? Any         \
	 * context. */                                                         \
	X(u32, wasm_ext_host_stopped, 0)                                       \
	/* The calling CPU sleeps until *word != 0 or deadline_ns; may return  \
	 * early. irqs off. */                                                 \
	X(void, wasm_ext_cpu_idle, 2, GUEST_PTR(u32 *), word, u64,             \
	  deadline_ns)                                                         \
	/* Make CPU `cpu` look at its pending interrupts: wakes it when idle,  \
	 * else calls the export wasm_ext_interrupt on its thread. */          \
	X(void, wasm_ext_interrupt_cpu, 1, u32, cpu)                           \
	/* The caller spins: let others run. Any context. */                   \
	X(void, wasm_ext_cpu_relax, 0)                                         \
	/* Random bytes; number of bytes filled. */                            \
	X(u32, wasm_ext_random, 2, GUEST_PTR(void *), buf, u32, len)           \
	/* Nanoseconds since 1970-01-01 UTC. */                                \
	X(u64, wasm_ext_clock_realtime, 0)                                     \
	/* The machine ends: enum wasm_ext_end. Does not return. */            \
	X(void, wasm_ext_machine_end, 1, u32, reason)                          \
	/* Console size as rows << 16 | columns, 0 if unknown. */              \
	X(u32, wasm_ext_console_size, 0)                                       \
	/* May the bytes be executed? 0 yes, -EAGAIN translation is under way  \
	 * (ask again later), -ENOEXEC no, other -errno host trouble. Copies   \
	 * what it needs during the call. */                                   \
	X(u32, wasm_ext_check_executable, 3, u32, bin_start, u32, bin_end,     \
	  GUEST_PTR(const char *), name)                                       \
	/* Whole pages of guest memory: an access to them faults, or does no   \
	 * more: WASM_PROTECT_*. 0 or -errno. Any context. */                  \
	X(u32, wasm_ext_protect, 3, u32, start, u32, bytes, u32, protection)   \
	/* Nobody needs what is in these whole pages of guest memory: it may   \
	 * be 0 when it is next read. Any context. */                          \
	X(void, wasm_ext_memory_unused, 2, u32, start, u32, bytes)             \
	/* The calling task is called name from now on. */                     \
	X(void, wasm_ext_task_name, 1, GUEST_PTR(const char *), name)

/* Interrupt numbers for the export raise_interrupt(cpu, irq). */
#define WASM_IRQ_IPI		0
#define WASM_IRQ_TIMER		1
#define WASM_IRQ_CONSOLE	2	/* input is waiting */
#define WASM_IRQ_WINDOW		3	/* the console's size changed */

/* wasm_ext_machine_end */
#define WASM_END_POWEROFF	0
#define WASM_END_HALT		1
#define WASM_END_RESTART	2

/* wasm_ext_protect */
#define WASM_PROTECT_ALL	0 /* may be read and written */
#define WASM_PROTECT_NONE	1

/* ------------------------------------------------------------------------
 * KERNEL_EXPORTS: what the host may call. _start, _start_secondary,
 * ret_from_fork, raise_interrupt, raise_exception, wasm_syscall_0..6,
 * get_user_stack_pointer, get_user_tls_base: as in the release of 2025.
 *	X(return type, name, number of arguments, type, argument, ...)
 */
#define KERNEL_EXPORTS(X)                                                      \
	/* The boot CPU's entry; returns only when booting failed. */          \
	X(void, _start, 0)                                                     \
	X(void, _start_secondary, 1, u32, start_stack)                         \
	/* First entry of a task: 0 run the program's _start, 1 run its        \
	 * __libc_clone_callback. */                                           \
	X(u32, ret_from_fork, 2, u32, prev, u32, new)                          \
	/* Any thread, any instance: note irq as pending on cpu and notify an  \
	 * idle wait on it. */                                                 \
	X(void, raise_interrupt, 2, u32, cpu, u32, irq)                        \
	X(u32, get_user_stack_pointer, 0)                                      \
	X(u32, get_user_tls_base, 0)

/* Optional exports: a kernel that has the first gets interrupts while it runs. */
#define KERNEL_EXT_EXPORTS(X)                                                  \
	/* Handle the pending interrupts of this CPU. On the thread that holds \
	 * it, whose __wasm_irq_state was not 0 (the host may have set it to 0 \
	 * since), with __stack_pointer below whatever is live. Returns with   \
	 * the state of before. user: interrupted in user mode with this stack \
	 * pointer and TLS base; then it may deliver signals and end by        \
	 * wasm_user_mode_tail. */                                             \
	X(void, wasm_ext_interrupt, 3, u32, user, u32, sp, u32, tls)           \
	/* The thread faulted at guest address addr (0 if there is none);      \
	 * signo is SIGSEGV, SIGBUS, SIGFPE or SIGILL. From user mode the      \
	 * signal is forced and the call may return when a handler ran; from   \
	 * kernel mode it is an oops. */                                       \
	X(void, wasm_ext_fault, 5, u32, user, u32, sp, u32, tls, u32, signo,   \
	  u32, addr)

/*
 * Exported mutable i32 globals of a kernel with wasm_ext_interrupt, one set per
 * instance and so per task:
 *   __wasm_irq_state    0 interrupts off, 1 on, 2 on and in user mode
 *   __wasm_irq_deferred the host sets it when an interrupt had to wait; the
 *                       kernel looks at it whenever it enables interrupts
 *   __stack_pointer     the kernel stack pointer
 *
 * The state is 0 when ret_from_fork returns and when wasm_user_mode_tail is
 * called. The host enters user code so: set the program's stack pointer and TLS
 * base, state = 2, then, if deferred is set, wasm_ext_interrupt(1, sp, tls),
 * then the call into the program. A call of wasm_syscall_N returns with state 2.
 * wasm_user_mode_tail(1) returns with the state that sigreturn left, 0.
 */
#define WASM_IRQS_OFF	0
#define WASM_IRQS_ON	1
#define WASM_IRQS_USER	2

/* ------------------------------------------------------------------------
 * Imports of a user program besides __wasm_syscall_0..6(sp, tls, nr, args...)
 * and __wasm_abort().
 *   __wasm_ext_vfork(sp, tls) -> pid or -errno: vfork(2), returns twice.
 */

/* Code addresses in backtraces: this plus the offset in the code section, which is
 * what DWARF for wasm counts from. No memory is there. */
#define WASM_TEXT_BASE 0xf0000000u

/* Where function pointers of a user program begin, so that SIG_DFL, SIG_IGN and
 * SIG_HOLD are none. */
#define WASM_TABLE_BASE	16

#endif
