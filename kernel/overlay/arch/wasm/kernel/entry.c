// SPDX-License-Identifier: GPL-2.0-only
/*
 * entry.c: the ways into the kernel, and out of it.
 *
 * The functions that the host or a program calls (HOST_EXPORT) must have no
 * frame on the kernel stack: they set the stack pointer, or are left while a
 * signal handler enters the kernel again at the same depth. So they keep
 * nothing in memory and leave the work to noinline functions.
 */
#include <linux/entry-common.h>
#include <linux/irq.h>
#include <linux/sched/task_stack.h>
#include <linux/start_kernel.h>
#include <linux/syscalls.h>

#include <asm/faults.h>
#include <asm/globals.h>
#include <asm/host.h>
#include <asm/irq.h>
#include <asm/setup.h>
#include <asm/syscall.h>
#include <asm/traps.h>
#include <asm/unistd.h>

/* Stack pointer and TLS base that the host is to give the program. */
HOST_EXPORT(get_user_stack_pointer) u32 get_user_stack_pointer(void);
u32 get_user_stack_pointer(void)
{
	return current_pt_regs()->sp;
}

HOST_EXPORT(get_user_tls_base) u32 get_user_tls_base(void);
u32 get_user_tls_base(void)
{
	return current_pt_regs()->tls;
}

static noinline void syscall_work(struct pt_regs *regs)
{
	long nr = syscall_enter_from_user_mode(regs, regs->syscall_nr);

	regs->ret = -ENOSYS;
	if ((unsigned long)nr < __NR_syscalls)
		regs->ret = sys_call_table[nr](regs);
	syscall_exit_to_user_mode(regs);
}

static noinline void interrupt_work(struct pt_regs *regs)
{
	irqentry_state_t state = irqentry_enter(regs);

	wasm_irq_handle_pending(regs);
	irqentry_exit(regs, state);
}

/* A handler is to run, or a program to start: only the host can do that. */
static __always_inline void user_mode_tail(struct pt_regs *regs)
{
	u32 flow = current->thread.flow;

	while (unlikely(flow)) {
		current->thread.flow = 0;
		/* sigreturn leaves pc to the frame that it unwinds to */
		if (flow != WASM_FLOW_SIGRETURN)
			regs->pc = 0;
		if (flow == WASM_FLOW_EXEC) {
			wasm_global_set(__stack_pointer, regs);
			/* See arch_do_signal_or_restart(). */
			set_thread_flag(TIF_SIGPENDING);
			wasm_global_set(__wasm_irq_deferred, 1);
		}
		wasm_user_mode_tail(flow);
		/* sigreturn restored *regs, maybe to another handler's start */
		flow = regs->pc ? WASM_FLOW_SIGNAL : 0;
	}
}

/*
 * From here on *regs may be overwritten by the next entry. False: an interrupt
 * was deferred and has been handled, which may have asked for more work.
 */
static __always_inline bool enter_user_mode(void)
{
	wasm_global_set(__wasm_irq_state, WASM_IRQS_USER);
	if (likely(!wasm_global_get(__wasm_irq_deferred)))
		return true;
	wasm_global_set(__wasm_irq_state, WASM_IRQS_OFF);
	return false;
}

static __always_inline void leave_user_mode(struct pt_regs *regs, u32 sp,
					    u32 tls)
{
	wasm_global_set(__wasm_irq_state, WASM_IRQS_OFF);
	regs->mode = WASM_IRQS_USER;
	regs->sp = sp;
	regs->tls = tls;
	regs->pc = 0;
	regs->restart = 0;
}

static __always_inline void interrupt_user_mode(struct pt_regs *regs)
{
	wasm_global_set(__wasm_irq_deferred, 0);
	regs->syscall_nr = -1;
	interrupt_work(regs);
	user_mode_tail(regs);
}

static __always_inline u32 syscall(u32 sp, u32 tls, u32 nr, u32 a0, u32 a1,
				   u32 a2, u32 a3, u32 a4, u32 a5)
{
	struct pt_regs *regs = current_pt_regs();
	u32 ret;

	leave_user_mode(regs, sp, tls);
	regs->syscall_nr = nr;
	regs->args[0] = a0;
	regs->args[1] = a1;
	regs->args[2] = a2;
	regs->args[3] = a3;
	regs->args[4] = a4;
	regs->args[5] = a5;
	do {
		regs->restart = 0;
		syscall_work(regs);
		user_mode_tail(regs);
	} while (unlikely(regs->restart));

	ret = regs->ret;
	while (unlikely(!enter_user_mode())) {
		leave_user_mode(regs, sp, tls);
		interrupt_user_mode(regs);
	}
	return ret;
}

#define WASM_SYSCALL(n, params, ...)                                    \
	HOST_EXPORT(wasm_syscall_##n) u32 wasm_syscall_##n params;      \
	u32 wasm_syscall_##n params                                     \
	{                                                               \
		return syscall(sp, tls, nr, __VA_ARGS__);               \
	}

WASM_SYSCALL(0, (u32 sp, u32 tls, u32 nr), 0, 0, 0, 0, 0, 0)
WASM_SYSCALL(1, (u32 sp, u32 tls, u32 nr, u32 a), a, 0, 0, 0, 0, 0)
WASM_SYSCALL(2, (u32 sp, u32 tls, u32 nr, u32 a, u32 b), a, b, 0, 0, 0, 0)
WASM_SYSCALL(3, (u32 sp, u32 tls, u32 nr, u32 a, u32 b, u32 c), a, b, c, 0, 0,
	     0)
WASM_SYSCALL(4, (u32 sp, u32 tls, u32 nr, u32 a, u32 b, u32 c, u32 d), a, b, c,
	     d, 0, 0)
WASM_SYSCALL(5, (u32 sp, u32 tls, u32 nr, u32 a, u32 b, u32 c, u32 d, u32 e), a,
	     b, c, d, e, 0)
WASM_SYSCALL(6,
	     (u32 sp, u32 tls, u32 nr, u32 a, u32 b, u32 c, u32 d, u32 e,
	      u32 f),
	     a, b, c, d, e, f)

static noinline void interrupt_kernel(void)
{
	struct pt_regs regs = { .mode = WASM_IRQS_ON, .syscall_nr = -1 };

	interrupt_work(&regs);
}

/* Interrupts are on again, and one came in between. */
void wasm_irq_deferred(void)
{
	do {
		wasm_global_set(__wasm_irq_state, WASM_IRQS_OFF);
		wasm_global_set(__wasm_irq_deferred, 0);
		interrupt_kernel();
		wasm_global_set(__wasm_irq_state, WASM_IRQS_ON);
	} while (wasm_global_get(__wasm_irq_deferred));
}

HOST_EXPORT(wasm_ext_interrupt)
void wasm_ext_interrupt(u32 user, u32 sp, u32 tls);
void wasm_ext_interrupt(u32 user, u32 sp, u32 tls)
{
	struct pt_regs *regs = current_pt_regs();

	if (!user) {
		wasm_irq_deferred();
		return;
	}
	do {
		leave_user_mode(regs, sp, tls);
		interrupt_user_mode(regs);
	} while (!enter_user_mode());
}

static noinline void fault_work(struct pt_regs *regs, int signo, u32 addr)
{
	irqentry_state_t state = irqentry_enter(regs);

	local_irq_enable();
	wasm_fault_user(signo, addr);
	local_irq_disable();
	irqentry_exit(regs, state);
}

/*
 * If the fault was that the stack is used up, its upper end has to serve: what is
 * there is not returned to.
 */
static __always_inline void fault_in_kernel(int signo, u32 addr)
{
	u32 guard = (u32)task_stack_page(current) + STACK_GUARD_OFFSET;
	u32 sp = wasm_global_get(__stack_pointer);

	if (addr - guard < STACK_LOW_OFFSET - STACK_GUARD_OFFSET ||
	    sp - guard > THREAD_SIZE - STACK_GUARD_OFFSET) {
		wasm_global_set(__stack_pointer, current_pt_regs());
		wasm_kernel_stack_overflow(sp);
	}
	wasm_fault_kernel(signo, addr);
}

HOST_EXPORT(wasm_ext_fault)
void wasm_ext_fault(u32 user, u32 sp, u32 tls, u32 signo, u32 addr);
void wasm_ext_fault(u32 user, u32 sp, u32 tls, u32 signo, u32 addr)
{
	struct pt_regs *regs = current_pt_regs();

	if (!user) {
		fault_in_kernel(signo, addr);
		return;
	}
	leave_user_mode(regs, sp, tls);
	regs->syscall_nr = -1;
	fault_work(regs, signo, addr);
	user_mode_tail(regs);
	while (!enter_user_mode()) {
		leave_user_mode(regs, sp, tls);
		interrupt_user_mode(regs);
	}
}

/* A host of the release of 2025 reports a trap so, without saying which. */
HOST_EXPORT(raise_exception) void raise_exception(void);
void raise_exception(void)
{
	fault_in_kernel(SIGILL, 0);
}

/*
 * 0: run the program from its start, 1: go on as the child of clone(). The work
 * that may be pending on the way to user mode is left to wasm_ext_interrupt(),
 * since a signal cannot be delivered before the host has set up the program.
 */
static noinline u32 new_task_work(struct task_struct *prev)
{
	struct thread_struct *thread = &current->thread;
	u32 cloned = !thread->fn;

	wasm_irq_note_pending();
	schedule_tail(prev);
	if (!cloned)
		thread->fn(thread->fn_arg);	/* returns only after an exec */
	if (thread->flow == WASM_FLOW_EXEC)
		cloned = 0;
	thread->fn = NULL;
	thread->flow = 0;
	local_irq_disable();
	exit_to_user_mode();
	wasm_global_set(__wasm_irq_deferred, 1);
	return cloned;
}

static __always_inline void start_on_stack_of(struct task_struct *task)
{
	wasm_global_set(__wasm_current, task);
	wasm_global_set(__stack_pointer, task_pt_regs(task));
}

HOST_EXPORT(ret_from_fork)
u32 ret_from_fork(struct task_struct *prev, struct task_struct *new);
u32 ret_from_fork(struct task_struct *prev, struct task_struct *new)
{
	u32 wrong_sp;

	start_on_stack_of(new);
	wrong_sp = wasm_fault_sp(new);
	if (unlikely(wrong_sp))
		wasm_global_set(__stack_pointer, wrong_sp);
	return new_task_work(prev);
}

HOST_EXPORT(_start) void _start(void);
void _start(void)
{
	start_on_stack_of(&init_task);
	start_kernel();
}

#ifdef CONFIG_SMP
HOST_EXPORT(_start_secondary) void _start_secondary(struct task_struct *idle);
void _start_secondary(struct task_struct *idle)
{
	start_on_stack_of(idle);
	wasm_start_secondary();
}
#endif
