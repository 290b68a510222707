/* SPDX-License-Identifier: MIT */
/*
 * A system call is a call of the kernel, which wants to know the caller's stack
 * pointer and TLS base: it cannot read another module's globals.
 */
#define __SYSCALL_LL_E(x) \
	((union { long long ll; long l[2]; }){ .ll = x }).l[0], \
	((union { long long ll; long l[2]; }){ .ll = x }).l[1]
#define __SYSCALL_LL_O(x) __SYSCALL_LL_E(x)

#define IPC_64 0

#define __WASM_IMPORT(name) \
	__attribute__((__import_module__("env"), __import_name__(#name)))

long __wasm_syscall_0(long, long, long) __WASM_IMPORT(__wasm_syscall_0);
long __wasm_syscall_1(long, long, long, long)
	__WASM_IMPORT(__wasm_syscall_1);
long __wasm_syscall_2(long, long, long, long, long)
	__WASM_IMPORT(__wasm_syscall_2);
long __wasm_syscall_3(long, long, long, long, long, long)
	__WASM_IMPORT(__wasm_syscall_3);
long __wasm_syscall_4(long, long, long, long, long, long, long)
	__WASM_IMPORT(__wasm_syscall_4);
long __wasm_syscall_5(long, long, long, long, long, long, long, long)
	__WASM_IMPORT(__wasm_syscall_5);
long __wasm_syscall_6(long, long, long, long, long, long, long, long, long)
	__WASM_IMPORT(__wasm_syscall_6);

static inline long __wasm_stack_pointer(void)
{
	long sp;

	__asm__ volatile(".globaltype __stack_pointer, i32\n\t"
			 "global.get __stack_pointer\n\t"
			 "local.set %0" : "=r"(sp));
	return sp;
}

#define __WASM_REGS __wasm_stack_pointer(), (long)__builtin_wasm_tls_base()

/* A variadic function that got nothing more has a null va_list. */
#define __wasm_va_empty(ap) (!*(void **)&(ap))

static inline long __syscall0(long n)
{
	return __wasm_syscall_0(__WASM_REGS, n);
}

static inline long __syscall1(long n, long a)
{
	return __wasm_syscall_1(__WASM_REGS, n, a);
}

static inline long __syscall2(long n, long a, long b)
{
	return __wasm_syscall_2(__WASM_REGS, n, a, b);
}

static inline long __syscall3(long n, long a, long b, long c)
{
	return __wasm_syscall_3(__WASM_REGS, n, a, b, c);
}

static inline long __syscall4(long n, long a, long b, long c, long d)
{
	return __wasm_syscall_4(__WASM_REGS, n, a, b, c, d);
}

static inline long __syscall5(long n, long a, long b, long c, long d, long e)
{
	return __wasm_syscall_5(__WASM_REGS, n, a, b, c, d, e);
}

static inline long __syscall6(long n, long a, long b, long c, long d, long e, long f)
{
	return __wasm_syscall_6(__WASM_REGS, n, a, b, c, d, e, f);
}

