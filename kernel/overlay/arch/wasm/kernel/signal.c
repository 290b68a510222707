// SPDX-License-Identifier: GPL-2.0-only
/* signal.c: frames for signal handlers; the host makes the call. */
#include <linux/entry-common.h>
#include <linux/resume_user_mode.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/ucontext.h>
#include <asm/unistd.h>
#include <asm/vfork.h>

/* A leaf function may use this much below its stack pointer (LLVM's red zone). */
#define RED_ZONE 128

/* At the handler's stack pointer; the program's __libc_handle_signal reads it. */
struct rt_sigframe {
	u32 sig;
	u32 info_ptr;
	u32 uc_ptr;
	u32 handler;
	u32 flags;
	u32 __pad[3];
	struct siginfo info;
	struct ucontext uc;
};

static struct rt_sigframe __user *get_sigframe(struct ksignal *ksig,
					       struct pt_regs *regs)
{
	unsigned long sp = sigsp(regs->sp - RED_ZONE, ksig);

	return (void __user *)((sp - sizeof(struct rt_sigframe)) & ~15ul);
}

static int setup_rt_frame(struct ksignal *ksig, sigset_t *set,
			  struct pt_regs *regs)
{
	struct rt_sigframe __user *frame = get_sigframe(ksig, regs);
	int err = 0;

	if (!access_ok(frame, sizeof(*frame)))
		return -EFAULT;
	err |= __put_user(ksig->sig, &frame->sig);
	err |= __put_user((u32)&frame->info, &frame->info_ptr);
	err |= __put_user((u32)&frame->uc, &frame->uc_ptr);
	err |= __put_user((u32)ksig->ka.sa.sa_handler, &frame->handler);
	err |= __put_user((u32)ksig->ka.sa.sa_flags, &frame->flags);
	err |= copy_siginfo_to_user(&frame->info, &ksig->info);
	err |= __put_user(0, &frame->uc.uc_flags);
	err |= __put_user(NULL, &frame->uc.uc_link);
	err |= __save_altstack(&frame->uc.uc_stack, regs->sp);
	err |= __copy_to_user(&frame->uc.uc_mcontext.sc_regs, regs,
			      sizeof(struct user_pt_regs));
	err |= __copy_to_user(&frame->uc.uc_sigmask, set, sizeof(*set));
	if (err)
		return -EFAULT;

	regs->sp = (u32)frame;
	regs->pc = (u32)ksig->ka.sa.sa_handler;
	regs->restart = 0;
	regs->syscall_nr = -1;
	if (current->thread.flow != WASM_FLOW_SIGRETURN)
		current->thread.flow = WASM_FLOW_SIGNAL;
	return 0;
}

static void run_again(struct pt_regs *regs)
{
	regs->restart = 1;
	regs->ret = 0;
}

/* What an interrupted system call does once the handler has run. */
static void prepare_restart(struct ksignal *ksig, struct pt_regs *regs)
{
	if ((int)regs->syscall_nr < 0)
		return;
	switch ((int)regs->ret) {
	case -ERESTART_RESTARTBLOCK:
	case -ERESTARTNOHAND:
		regs->ret = -EINTR;
		break;
	case -ERESTARTSYS:
		if (!(ksig->ka.sa.sa_flags & SA_RESTART)) {
			regs->ret = -EINTR;
			break;
		}
		fallthrough;
	case -ERESTARTNOINTR:
		run_again(regs);
		break;
	}
}

static void restart_without_handler(struct pt_regs *regs)
{
	if ((int)regs->syscall_nr < 0)
		return;
	switch ((int)regs->ret) {
	case -ERESTART_RESTARTBLOCK:
		regs->syscall_nr = __NR_restart_syscall;
		run_again(regs);
		break;
	case -ERESTARTNOHAND:
	case -ERESTARTSYS:
	case -ERESTARTNOINTR:
		run_again(regs);
		break;
	}
}

bool wasm_stop_later(void)
{
	if (!READ_ONCE(current->vfork_done))
		return false;
	current->jobctl |= WASM_STOP_LATER;
	return true;
}

void wasm_stop_now(void)
{
	spin_lock_irq(&current->sighand->siglock);
	if (current->jobctl & WASM_STOP_LATER)
		send_signal_locked(SIGTSTP, SEND_SIG_PRIV, current, PIDTYPE_PID);
	current->jobctl &= ~WASM_STOP_LATER;
	spin_unlock_irq(&current->sighand->siglock);
}

void arch_do_signal_or_restart(struct pt_regs *regs)
{
	struct ksignal ksig;

	/*
	 * The end of exec: the host has yet to leave the old program, on whose thread
	 * vfork()'s parent waits, also if this one stops. wasm_ext_interrupt() is next.
	 */
	if (current->thread.flow == WASM_FLOW_EXEC) {
		clear_thread_flag(TIF_SIGPENDING);
		clear_notify_signal(); /* get_signal() looks at its work, too */
		return;
	}
	if (get_signal(&ksig)) {
		prepare_restart(&ksig, regs);
		signal_setup_done(setup_rt_frame(&ksig, sigmask_to_save(), regs),
				  &ksig, 0);
		return;
	}
	restart_without_handler(regs);
	restore_saved_sigmask();
}

SYSCALL_DEFINE0(rt_sigreturn)
{
	struct pt_regs *regs = current_pt_regs();
	struct rt_sigframe __user *frame = (void __user *)regs->sp;
	sigset_t blocked;

	current->restart_block.fn = do_no_restart_syscall;
	if (!access_ok(frame, sizeof(*frame)) ||
	    __copy_from_user(&blocked, &frame->uc.uc_sigmask, sizeof(blocked)))
		goto bad_frame;
	set_current_blocked(&blocked);
	if (__copy_from_user(regs, &frame->uc.uc_mcontext.sc_regs,
			     sizeof(struct user_pt_regs)) ||
	    restore_altstack(&frame->uc.uc_stack))
		goto bad_frame;
	current->thread.flow = WASM_FLOW_SIGRETURN;
	return regs->ret;

bad_frame:
	force_sig(SIGSEGV);
	return 0;
}
