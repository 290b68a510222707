// SPDX-License-Identifier: Apache-2.0
/* start.c: linked into every guest: exports, globals, output. */
#include "guest.h"

__asm__(".globaltype __wasm_irq_state, i32\n"
	".globl __wasm_irq_state\n"
	"__wasm_irq_state:\n"
	".globaltype __wasm_irq_deferred, i32\n"
	".globl __wasm_irq_deferred\n"
	"__wasm_irq_deferred:\n");

#define GET(name) ({                                                     \
	u32 v;                                                           \
	__asm__ volatile(".globaltype " #name ", i32\n\t"                \
			 "global.get " #name "\n\tlocal.set %0"          \
			 : "=r"(v));                                     \
	v;                                                               \
})
#define SET(name, value)                                                 \
	__asm__ volatile(".globaltype " #name ", i32\n\t"                \
			 "local.get %0\n\tglobal.set " #name             \
			 : : "r"((u32)(value)) : "memory")

struct task_struct init_task;
char boot_command_line[2048];
#ifdef outside /* exported as a global of wasm: its address is 0 */
__asm__(".globaltype initrd_start, i32\n"
	".globl initrd_start\n"
	"initrd_start:\n");
u32 initrd_end;
#else
u32 initrd_start, initrd_end;
#endif
volatile u32 pending[8];

u32 irq_state(void) { return GET(__wasm_irq_state); }
void set_irq_state(u32 state) { SET(__wasm_irq_state, state); }
u32 irq_deferred(void) { return GET(__wasm_irq_deferred); }
void set_irq_deferred(u32 deferred) { SET(__wasm_irq_deferred, deferred); }

void print(const char *text)
{
	u32 n = 0;

	while (text[n])
		n++;
	wasm_driver_hvc_put(text, n);
}

void print_number(u64 n)
{
	char text[24], *p = text + sizeof(text);

	*--p = 0;
	do {
		*--p = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	print(p);
}

void finish(const char *text)
{
	print(text);
	print("\n");
	wasm_ext_machine_end(WASM_END_POWEROFF);
	__builtin_trap();
}

void check(int condition, const char *what)
{
	if (!condition) {
		print("FAILED: ");
		finish(what);
	}
}

__attribute__((weak)) void boot_secondary(u32 cpu) { (void)cpu; }
__attribute__((weak)) void interrupted(u32 cpu) { (void)cpu; }
__attribute__((weak)) void faulted(u32 signo, u32 addr)
{
	(void)addr;
	print("fault ");
	print_number(signo);
	finish("");
}

/* Each task gets the stack that it carries. */
static void use_stack_of(struct task_struct *task)
{
	SET(__stack_pointer, (u32)(uintptr_t)(task + 1));
}

static __attribute__((noinline)) void run_secondary(u32 cpu)
{
	boot_secondary(cpu);
}

static __attribute__((noinline)) void run(struct task_struct *task)
{
	task->run();
}

#ifndef no_start
EXPORT(_start) void _start(void) { boot(); }
#endif

/* start_stack is the task, its number the first word of its stack. */
EXPORT(_start_secondary) void _start_secondary(u32 start_stack)
{
	struct task_struct *task = (void *)(uintptr_t)start_stack;

	use_stack_of(task);
	run_secondary(*(u32 *)task->stack);
}

EXPORT(ret_from_fork) u32 ret_from_fork(u32 prev, u32 new)
{
	struct task_struct *task = (void *)(uintptr_t)new;

	(void)prev;
	use_stack_of(task);
	run(task);
	return 0;
}

EXPORT(raise_interrupt) void raise_interrupt(u32 cpu, u32 irq)
{
	__atomic_fetch_or(&pending[cpu], 1u << irq, __ATOMIC_SEQ_CST);
}

/* What came while they were off was only noted. */
void enable_interrupts(void)
{
	SET(__wasm_irq_state, WASM_IRQS_ON);
	while (GET(__wasm_irq_deferred)) {
		SET(__wasm_irq_state, WASM_IRQS_OFF);
		SET(__wasm_irq_deferred, 0);
		interrupted(0);
		SET(__wasm_irq_state, WASM_IRQS_ON);
	}
}

EXPORT(wasm_ext_interrupt) void wasm_ext_interrupt(u32 user, u32 sp, u32 tls)
{
	SET(__wasm_irq_state, WASM_IRQS_OFF);
	SET(__wasm_irq_deferred, 0);
	interrupted(0);
	enable_interrupts();
}

EXPORT(wasm_ext_fault)
void wasm_ext_fault(u32 user, u32 sp, u32 tls, u32 signo, u32 addr)
{
	(void)user, (void)sp, (void)tls;
	faulted(signo, addr);
}

EXPORT(get_user_stack_pointer) u32 get_user_stack_pointer(void) { return 0; }
EXPORT(get_user_tls_base) u32 get_user_tls_base(void) { return 0; }

#define SYSCALL(n, ...) \
	EXPORT(wasm_syscall_##n) u32 wasm_syscall_##n(__VA_ARGS__); \
	u32 wasm_syscall_##n(__VA_ARGS__) { return (u32)-38; }
SYSCALL(0, u32 a, u32 b, u32 c)
SYSCALL(1, u32 a, u32 b, u32 c, u32 d)
SYSCALL(2, u32 a, u32 b, u32 c, u32 d, u32 e)
SYSCALL(3, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f)
SYSCALL(4, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f, u32 g)
SYSCALL(5, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f, u32 g, u32 h)
SYSCALL(6, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f, u32 g, u32 h, u32 i)
