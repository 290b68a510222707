// SPDX-License-Identifier: GPL-2.0-only
/* process.c: tasks; the host has a thread and a kernel instance for each. */
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/cpu.h>
#include <linux/mm.h>

#include <asm/guard.h>
#include <asm/host.h>
#include <asm/irq.h>
#include <asm/switch_to.h>
#include <asm/time.h>
#include <asm/vfork.h>

static int guard_stack(void *stack)
{
	unsigned long start = (unsigned long)stack;

	return wasm_guard(start + STACK_GUARD_OFFSET, start + STACK_LOW_OFFSET);
}

void exit_thread(struct task_struct *p)
{
	unsigned long start = (unsigned long)task_stack_page(p);

	wasm_unguard(start + STACK_GUARD_OFFSET, start + STACK_LOW_OFFSET);
}

static int __init guard_init_stack(void)
{
	return guard_stack(init_stack);
}
early_initcall(guard_init_stack);

int copy_thread(struct task_struct *p, const struct kernel_clone_args *args)
{
	struct pt_regs *regs = task_pt_regs(p);
	int err;

	/*
	 * Neither another address space nor, but for vfork() by the host's
	 * help, a second return into the parent's frames can be had.
	 */
	if (!args->fn &&
	    (!(args->flags & CLONE_VM) ||
	     (!args->stack && !(args->flags & CLONE_VFORK))))
		return -ENOSYS;
	err = guard_stack(task_stack_page(p));
	if (err)
		return err;

	p->thread = (struct thread_struct){
		.fn = args->fn,
		.fn_arg = args->fn_arg,
	};
	if (args->fn) {
		memset(regs, 0, sizeof(*regs));
		regs->mode = WASM_IRQS_USER;	/* for a later exec */
		return 0;
	}
	*regs = *current_pt_regs();
	regs->ret = 0;
	if (args->stack)
		regs->sp = args->stack;
	if (args->flags & CLONE_SETTLS)
		regs->tls = args->tls;
	return 0;
}

static struct task_struct *start_task(struct task_struct *prev,
				      struct task_struct *next)
{
	struct mm_struct *mm = next->mm;

	next->thread.started = 1;
	return (struct task_struct *)wasm_create_and_run_task(
		prev, next, next->comm, mm ? mm->start_code : 0,
		mm ? mm->end_code : 0, mm ? mm->start_data : 0, 0);
}

struct task_struct *__switch_to(struct task_struct *prev,
				struct task_struct *next)
{
	struct task_struct *last;

	/* Its last switch: nothing of prev runs after it. */
	if (unlikely(READ_ONCE(prev->__state) == TASK_DEAD))
		wasm_release_task(prev);
	if (unlikely(!next->thread.started))
		last = start_task(prev, next);
	else
		last = (struct task_struct *)wasm_serialize_tasks(prev, next);
	wasm_irq_note_pending();
	return last;
}

void start_thread(struct pt_regs *regs, unsigned long pc, unsigned long sp)
{
	memset(regs, 0, sizeof(*regs));
	regs->syscall_nr = -1;
	regs->sp = sp;
	regs->mode = WASM_IRQS_USER;
	current->thread.flow = WASM_FLOW_EXEC;
	wasm_ext_task_name(current->comm);
	wasm_stop_now();
}

void flush_thread(void)
{
}

/* Interrupts are off, and stay so; the caller turns them on. */
void arch_cpu_idle(void)
{
	wasm_ext_cpu_idle(wasm_irq_pending_word(), wasm_timer_deadline());
	wasm_timer_check();
	wasm_irq_note_pending();
}

void show_regs(struct pt_regs *regs)
{
	show_regs_print_info(KERN_DEFAULT);
	printk(KERN_DEFAULT "syscall %d args %08x %08x %08x %08x %08x %08x\n",
	       (int)regs->syscall_nr, regs->args[0], regs->args[1],
	       regs->args[2], regs->args[3], regs->args[4], regs->args[5]);
	printk(KERN_DEFAULT "sp %08x tls %08x ret %08x mode %u\n", regs->sp,
	       regs->tls, regs->ret, regs->mode);
}
