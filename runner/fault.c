// SPDX-License-Identifier: Apache-2.0
/*
 * fault.c: traps and bad accesses of guest code become signals of the program
 * or an oops of the kernel; those of the runner end it.
 */
#define LOG_MODULE "fault"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "exit.h"
#include "fault.h"
#include "interrupt.h"
#include "log.h"
#include "race.h"
#include "report.h"
#include "sanitize.h"
#include "sigframe.h"
#include "stack.h"
#include "symbols.h"
#include "user.h"

#define RED_ZONE 128u
#define MAX_KERNEL_FAULTS 3

static const struct {
	int signo;
	const char *text;
} traps[] = {
	[WASM_RT_TRAP_NONE] = { SIGILL, "trap" },
	[WASM_RT_TRAP_OOB] = { SIGSEGV, "access out of bounds" },
	[WASM_RT_TRAP_INT_OVERFLOW] = { SIGFPE, "integer overflow" },
	[WASM_RT_TRAP_DIV_BY_ZERO] = { SIGFPE, "division by zero" },
	[WASM_RT_TRAP_INVALID_CONVERSION] = { SIGFPE, "conversion to integer" },
	[WASM_RT_TRAP_UNREACHABLE] = { SIGILL, "unreachable" },
	[WASM_RT_TRAP_CALL_INDIRECT] = { SIGILL,
		"call of a function pointer that is bad or of another type" },
	[WASM_RT_TRAP_NULL_REF] = { SIGILL, "null reference" },
	[WASM_RT_TRAP_UNCAUGHT_EXCEPTION] = { SIGILL, "uncaught exception" },
	[WASM_RT_TRAP_UNALIGNED] = { SIGBUS, "unaligned atomic access" },
	[WASM_RT_TRAP_EXHAUSTION] = { SIGSEGV, "stack exhausted" },
};

struct fault {
	int signo;
	bool has_addr;
	gaddr_t addr; /* 0 without one */
	const char *what;
};

__attribute__((noinline))
void guest_fault(struct task *t, const char *what, gaddr_t addr)
{
	__asm__ volatile("" : : "r"(t), "r"(what), "r"(addr));
}

static void fault_in_user(struct task *t, const struct fault *f)
{
	u32 sp, tls;

	log_info("%s: %s in user mode, address %08x", t->name, f->what,
		 f->addr);
	user_registers(t, &sp, &tls);
	race_kernel();
	t->kernel->wasm_ext_fault(t->kinst, 1, sp, tls, (u32)f->signo, f->addr);
	race_user();
}

/* The kernel makes an oops of it, and the task ends. */
static void fault_in_kernel(struct task *t, const struct fault *f)
{
	char text[300], where[32] = "";

	if (f->has_addr)
		snprintf(where, sizeof(where), ", address %08x", f->addr);
	snprintf(text, sizeof(text), "the guest faulted: %s%s", f->what, where);
	the_vm->report(t, text, f->has_addr ? &f->addr : NULL);
	if (t->kernel_faults++ < MAX_KERNEL_FAULTS) {
		if (t->kernel->wasm_ext_fault) {
			*t->kernel_sp = (*t->kernel_sp - RED_ZONE) & ~15u;
			t->kernel->wasm_ext_fault(t->kinst, 0, 0, 0,
						  (u32)f->signo, f->addr);
		} else if (t->kernel->raise_exception) {
			t->kernel->raise_exception(t->kinst);
		}
	}
	the_vm->end(EXIT_TRAP);
	task_stop();
}

static void fault_in_guest(struct task *t, const struct fault *f)
{
	guest_fault(t, f->what, f->addr);
	t->has_fault_addr = f->has_addr;
	t->fault_addr = f->addr;
	if (task_in_user_mode(t) && t->kernel->wasm_ext_fault)
		fault_in_user(t, f);
	else
		fault_in_kernel(t, f);
}

static const char *blamed;

void fault_blame(const char *file)
{
	blamed = file;
}

static __attribute__((noreturn)) void fault_in_runner(int signo, u64 addr)
{
	static _Atomic bool again;
	char text[128];

	if (atomic_exchange(&again, true))
		_exit(EXIT_HOST);
	if (blamed && !task_self)
		die(EXIT_DATA, "%s is damaged: it faults before it runs "
		    "(address %llx)", blamed, (unsigned long long)addr);
	snprintf(text, sizeof(text), "the runner itself failed: %s, address "
		 "%llx", strsignal(signo), (unsigned long long)addr);
	if (the_vm)
		report_runner(task_self, text);
	die(EXIT_HOST, "%s", text);
}

static __attribute__((noreturn)) void trap(const struct fault *f)
{
	if (!task_self)
		fault_in_runner(f->signo, 0);
	/* When the program's handler returns, it traps again. */
	while (true)
		fault_in_guest(task_self, f);
}

static struct fault fault_of(wasm_rt_trap_t kind)
{
	if ((unsigned int)kind >= ARRAY_SIZE(traps) || !traps[kind].signo)
		kind = WASM_RT_TRAP_NONE;
	return (struct fault){ .signo = traps[kind].signo,
			       .what = traps[kind].text };
}

void fault_trap(wasm_rt_trap_t kind)
{
	struct fault f = fault_of(kind);

	task_check_stack(task_self);
	trap(&f);
}

void fault_trap_access(wasm_rt_trap_t kind, u64 addr)
{
	struct fault f = fault_of(kind);

	task_check_stack(task_self);
	f.has_addr = true;
	f.addr = (gaddr_t)addr;
	trap(&f);
}

/* What the pointer leads to, if it leads anywhere. */
void fault_trap_call(const wasm_rt_funcref_table_t *table, u32 i)
{
	struct fault f = fault_of(WASM_RT_TRAP_CALL_INDIRECT);
	struct place place;
	char what[256];
	void *func = i < table->size ? (void *)table->data[i].func : NULL;

	task_check_stack(task_self);
	f.what = what;
	if (i >= table->size)
		snprintf(what, sizeof(what), "call of function pointer 0x%x, "
			 "which is none", i);
	else if (!func)
		snprintf(what, sizeof(what), "call of function pointer 0x%x%s",
			 i, i ? ", where no function is" : " (NULL)");
	else if (symbols_place(func, &place) && place.function)
		snprintf(what, sizeof(what), "call of function pointer 0x%x "
			 "(%s) as if it had another type", i, place.function);
	else
		snprintf(what, sizeof(what), "call of function pointer 0x%x "
			 "as if it had another type", i);
	trap(&f);
}

/* The address that is told when the host's stack is used up: the guest's own. */
static u32 guest_sp(struct task *t)
{
	u32 sp, tls;

	if (!task_in_user_mode(t))
		return t->kernel_sp ? *t->kernel_sp : 0;
	user_registers(t, &sp, &tls);
	return sp;
}

/* SI_KERNEL: the host had no room for a signal's frame, and tells 0. sigaction(2) */
static NOT_SANITIZED bool has_address(const siginfo_t *info)
{
	return info->si_code > 0 && info->si_code != SI_KERNEL;
}

/* Also in what guest code calls directly, which holds nothing of the runner's. */
static NOT_SANITIZED bool is_exhausted(const struct task *t, const ucontext_t *uc)
{
	uintptr_t sp = (uintptr_t)uc->uc_mcontext.gregs[REG_RSP];

	return uc->uc_mcontext.gregs[REG_RIP] == (greg_t)stack_exhausted ||
	       (task_in_user_mode(t) && !stack_is_of_handlers(sp) &&
		stack_room(sp) < STACK_FOR_SIGNAL);
}

/* Where on_fault() found a place; without one the program's handler is not called, and
 * it ends (deliver_signal()). */
static NOT_SANITIZED void handle_fault(int signo, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;
	const void *pc = (void *)uc->uc_mcontext.gregs[REG_RIP];
	u64 addr = (u64)(uintptr_t)info->si_addr;
	struct task *t = task_self;
	struct fault f = { .signo = signo };
	bool access = signo == SIGSEGV || signo == SIGBUS;
	bool guest_addr = access && has_address(info) && memory_is_guest(addr);
	bool exhausted = t && !guest_addr && is_exhausted(t, uc);

	if (!t || (!interrupt_in_guest(t, pc) && !guest_addr && !exhausted))
		fault_in_runner(signo, addr);
	exhausted |= access && !guest_addr;
	if (exhausted) {
		f.signo = SIGSEGV;
		if (task_in_user_mode(t))
			interrupt_missed(t);
	}
	f.what = exhausted ? "stack exhausted" : strsignal(signo);
	f.has_addr = access || exhausted;
	if (f.has_addr)
		f.addr = guest_addr ? (gaddr_t)addr : guest_sp(t);
	fault_in_guest(t, &f);
}

/* The next fault may come before this one is dealt with, and needs the same stack. */
static NOT_SANITIZED void on_fault(int signo, siginfo_t *info, void *context)
{
	uintptr_t below = task_self ? stack_below(sigframe_sp(context)) : 0;

	if (below)
		sigframe_move(below, handle_fault, signo, info, context);
	handle_fault(signo, info, context);
}

static void on_abort(int signo)
{
	signal(signo, SIG_DFL);
	fault_in_runner(signo, 0);
}

void fault_init(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
	struct sigaction sa = {
		.sa_sigaction = on_fault,
		.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK | SA_RESTART,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sanitize_sigaction(signals[i], &sa);
	signal(SIGABRT, on_abort);
}
