// SPDX-License-Identifier: Apache-2.0
/*
 * interrupt.c: interrupts of CPUs that run: a signal to the thread.
 *
 * If it finds the thread in guest code, with the guest's interrupts on, it
 * enters the kernel from the handler; all that the thread holds then is the
 * guest's. The kernel may switch to another task in there, or leave by longjmp,
 * so the signal is unblocked for that; not before the guest's interrupts are off,
 * or signals that come in quick succession would pile up on the stack.
 *
 * Not while a debugger holds the other threads: the kernel might switch to one. Nor
 * where a debugger has it step an instruction of ours, or one that it has a breakpoint
 * at and has put elsewhere: it begins with that anew after each signal, so cpu_retry()
 * leaves it ever more time.
 */
#include <errno.h>
#include <signal.h>
#include <ucontext.h>

#include "debugger.h"
#include "exit.h"
#include "interrupt.h"
#include "log.h"
#include "race.h"
#include "sanitize.h"
#include "sigframe.h"
#include "stack.h"
#include "user.h"

#define RED_ZONE 128u

NOT_SANITIZED bool interrupt_in_guest(const struct task *t, const void *pc)
{
	return module_has_text(&t->kernel->module, pc) ||
	       (t->user &&
		module_has_text(&t->user->image->program->module, pc));
}

static void unblock(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGURG);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void take_over(struct task *t)
{
	*t->irq_state = WASM_IRQS_OFF;
	unblock();
}

static void interrupt_kernel(struct task *t)
{
	u32 sp = *t->kernel_sp;

	take_over(t);
	*t->kernel_sp = (sp - RED_ZONE) & ~15u;
	t->kernel->wasm_ext_interrupt(t->kinst, 0, 0, 0);
	*t->kernel_sp = sp;
}

/* The kernel's stack is empty: it has nothing to be kept. */
static void interrupt_user(struct task *t)
{
	u32 sp, tls;

	user_registers(t, &sp, &tls);
	race_kernel();
	take_over(t);
	t->kernel->wasm_ext_interrupt(t->kinst, 1, sp, tls);
	race_user();
}

/* Nothing can be put there: the kernel is about to be told that its stack is used up. */
static NOT_SANITIZED bool kernel_stack_is_gone(const struct task *t)
{
	return memory_is_guard(&the_vm->memory, *t->kernel_sp - RED_ZONE);
}

static NOT_SANITIZED void interrupt(struct task *t, const void *pc)
{
	u32 state = *t->irq_state;

	if (state == WASM_IRQS_OFF) {
		*t->irq_deferred = 1;
	} else if (!interrupt_in_guest(t, pc) || debugger_holds_others() ||
		   (state == WASM_IRQS_ON && kernel_stack_is_gone(t))) {
		*t->irq_deferred = 1;
		cpu_retry(t->cpu);
	} else if (state == WASM_IRQS_USER && stack_is_low(STACK_FOR_INTERRUPT)) {
		stack_exhausted();
	} else if (state == WASM_IRQS_USER) {
		interrupt_user(t);
	} else {
		interrupt_kernel(t);
	}
}

NOT_SANITIZED void interrupt_missed(struct task *t)
{
	*t->irq_deferred = 1;
	unblock();
}

static NOT_SANITIZED void handle_interrupt(int signo, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;
	struct task *t = task_self;
	const void *pc = (void *)uc->uc_mcontext.gregs[REG_RIP];
	int saved = errno;

	(void)signo;
	(void)info;
	if (t && t->cpu->stopped && t->cpu->tid == t->tid)
		task_stop();
	if (t && t->irq_state)
		interrupt(t, pc);
	if (t) {
		t->interrupted_pc = pc;
		t->interrupts++;
	}
	errno = saved;
}

/* Was it the program that was interrupted, and not the runner or the kernel? */
static NOT_SANITIZED bool is_of_user(const struct task *t, const void *pc)
{
	return t->irq_state && *t->irq_state == WASM_IRQS_USER &&
	       interrupt_in_guest(t, pc);
}

/* Where there is little left of the stack, a handler that the kernel finds for the
 * program would have no room for its system calls. */
static NOT_SANITIZED __attribute__((used)) void
on_signal(int signo, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;
	uintptr_t sp = sigframe_sp(context);
	uintptr_t below = task_self ? stack_below(sp) : 0;

	if (below && below != sp &&
	    is_of_user(task_self, (void *)uc->uc_mcontext.gregs[REG_RIP]))
		sigframe_move(below, handle_interrupt, signo, info, context);
	handle_interrupt(signo, info, context);
}

/*
 * What the signal calls. Its unwind information says that the interrupted code called
 * it, with the registers that are in the third argument, a ucontext_t. gdb goes over
 * an inlined function by single steps; one that ends here is for it a call to go over
 * as well, where it would stop in a handler.
 */
void interrupt_entry(int signo, siginfo_t *info, void *context);
#define AT_CONTEXT(offset) "0x71, " offset /* DW_OP_breg1, of rdx */
#define SAVED(reg, offset) ".cfi_escape 0x10, " reg ", 3, " AT_CONTEXT(offset) "\n"
__asm__(".pushsection .text\n"
	".type interrupt_entry, @function\n"
	".globl interrupt_entry\n"
	".hidden interrupt_entry\n"
	"interrupt_entry:\n"
	".cfi_startproc\n"
	/* The frame begins at what REG_RSP has. Offsets are SLEB128. */
	".cfi_escape 0x0f, 4, " AT_CONTEXT("0xa0, 0x01") ", 0x06\n"
	SAVED("3", "0x80, 0x01")  /* rbx */
	SAVED("6", "0xf8, 0x00")  /* rbp */
	SAVED("12", "0xc8, 0x00") /* r12 */
	SAVED("13", "0xd0, 0x00") /* r13 */
	SAVED("14", "0xd8, 0x00") /* r14 */
	SAVED("15", "0xe0, 0x00") /* r15 */
	SAVED("16", "0xa8, 0x01") /* rip */
	"jmp on_signal\n"
	".cfi_endproc\n"
	".size interrupt_entry, . - interrupt_entry\n"
	".popsection\n");
_Static_assert(offsetof(ucontext_t, uc_mcontext.gregs[REG_RSP]) == 160 &&
	       offsetof(ucontext_t, uc_mcontext.gregs[REG_RBX]) == 128 &&
	       offsetof(ucontext_t, uc_mcontext.gregs[REG_RBP]) == 120 &&
	       offsetof(ucontext_t, uc_mcontext.gregs[REG_R12]) == 72 &&
	       offsetof(ucontext_t, uc_mcontext.gregs[REG_R15]) == 96 &&
	       offsetof(ucontext_t, uc_mcontext.gregs[REG_RIP]) == 168,
	       "the offsets of interrupt_entry()");

void interrupt_init(void)
{
	struct sigaction sa = {
		.sa_sigaction = interrupt_entry,
		.sa_flags = SA_SIGINFO | SA_RESTART,
	};

	if (sanitize_sigaction(SIGURG, &sa))
		die(EXIT_HOST, "SIGURG cannot be handled");
}
