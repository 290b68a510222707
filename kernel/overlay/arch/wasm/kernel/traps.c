// SPDX-License-Identifier: GPL-2.0-only
/* traps.c: faults that the host saw on this thread. */
#include <linux/kdebug.h>
#include <linux/panic.h>
#include <linux/ratelimit.h>
#include <linux/sched/debug.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>

#include <asm/guard.h>
#include <asm/traps.h>

static const char *fault_name(int signo)
{
	switch (signo) {
	case SIGSEGV:
		return "memory access";
	case SIGBUS:
		return "unaligned atomic access";
	case SIGFPE:
		return "division";
	default:
		return "trap";
	}
}

int show_unhandled_signals = 1;

/* What will kill the program is worth a word, and where it was. */
static void show_unhandled(int signo, unsigned long addr)
{
	static DEFINE_RATELIMIT_STATE(limit, DEFAULT_RATELIMIT_INTERVAL,
				      DEFAULT_RATELIMIT_BURST);

	if (!show_unhandled_signals || !unhandled_signal(current, signo) ||
	    !__ratelimit(&limit))
		return;
	pr_info("%s[%d]: %s fault, address %08lx, sp %08x, tls %08x\n",
		current->comm, task_pid_nr(current), fault_name(signo), addr,
		current_pt_regs()->sp, current_pt_regs()->tls);
	wasm_show_user_stack(KERN_INFO);
}

void wasm_fault_user(int signo, unsigned long addr)
{
	static const int codes[] = {
		[SIGSEGV] = SEGV_MAPERR,
		[SIGBUS] = BUS_ADRALN,
		[SIGFPE] = FPE_INTDIV,
		[SIGILL] = ILL_ILLOPN,
	};

	int code;

	if (signo != SIGSEGV && signo != SIGBUS && signo != SIGFPE)
		signo = SIGILL;
	code = codes[signo];
	if (signo == SIGSEGV && wasm_guarded((void *)addr, 1))
		code = SEGV_ACCERR;
	show_unhandled(signo, addr);
	force_sig_fault(signo, code, (void __user *)addr);
}

static void __noreturn oops(int signo)
{
	static int oopses;

	pr_emerg("Oops: %d [#%d] CPU %d PID %d comm %s\n", signo, ++oopses,
		 raw_smp_processor_id(), task_pid_nr(current), current->comm);
	show_regs(current_pt_regs());
	show_stack(current, NULL, KERN_EMERG);
	bust_spinlocks(0);
	add_taint(TAINT_DIE, LOCKDEP_NOW_UNRELIABLE);
	if (in_interrupt())
		panic("Fatal exception in interrupt");
	if (panic_on_oops)
		panic("Fatal exception");
	make_task_dead(signo);
}

/* An oops: the task dies, the kernel goes on where it can. */
void __noreturn wasm_fault_kernel(int signo, unsigned long addr)
{
	console_verbose();
	bust_spinlocks(1);
	if (signo == SIGSEGV && addr < PAGE_SIZE)
		pr_alert("BUG: kernel NULL pointer dereference, address: %08lx\n",
			 addr);
	else
		pr_alert("BUG: kernel %s fault, address: %08lx\n",
			 fault_name(signo), addr);
	oops(signo);
}

void __noreturn wasm_kernel_stack_overflow(unsigned long sp)
{
	unsigned long start = (unsigned long)task_stack_page(current);

	console_verbose();
	bust_spinlocks(1);
	pr_alert("BUG: kernel stack overflow of task %s[%d]: stack %08lx..%08lx, sp %08lx\n",
		 current->comm, task_pid_nr(current), start + STACK_LOW_OFFSET,
		 start + THREAD_SIZE, sp);
	oops(SIGSEGV);
}
