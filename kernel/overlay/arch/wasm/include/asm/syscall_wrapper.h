/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * syscall_wrapper.h: every system call is a function of one wasm type,
 * (pt_regs *) -> long, so that the table needs no casts: a call through a
 * pointer of another type is a trap. A 64-bit argument takes two 32-bit slots,
 * low word first, not aligned to a pair.
 */
#ifndef _ASM_WASM_SYSCALL_WRAPPER_H
#define _ASM_WASM_SYSCALL_WRAPPER_H

struct pt_regs;

#define __SC_SLOTS(t)	(__TYPE_IS_LL(t) ? 2 : 1)
#define __SC_SLOT(t, o)	__builtin_choose_expr(__TYPE_IS_LL(t),          \
	((u64)regs->args[(o) % 6] | (u64)regs->args[((o) + 1) % 6] << 32), \
	(regs->args[(o) % 6]))
#define __SC_R1(o, t, a)	__SC_SLOT(t, o)
#define __SC_R2(o, t, a, ...)	__SC_SLOT(t, o), \
	__SC_R1((o) + __SC_SLOTS(t), __VA_ARGS__)
#define __SC_R3(o, t, a, ...)	__SC_SLOT(t, o), \
	__SC_R2((o) + __SC_SLOTS(t), __VA_ARGS__)
#define __SC_R4(o, t, a, ...)	__SC_SLOT(t, o), \
	__SC_R3((o) + __SC_SLOTS(t), __VA_ARGS__)
#define __SC_R5(o, t, a, ...)	__SC_SLOT(t, o), \
	__SC_R4((o) + __SC_SLOTS(t), __VA_ARGS__)
#define __SC_R6(o, t, a, ...)	__SC_SLOT(t, o), \
	__SC_R5((o) + __SC_SLOTS(t), __VA_ARGS__)

/* The prefix keeps the wrapper apart from asm-generic/syscalls.h's sys_x. */
#define __SYSCALL_DEFINEx(x, name, ...)                                 \
	long __wasm_sys##name(const struct pt_regs *regs);              \
	static inline long __do_sys##name(__MAP(x, __SC_DECL, __VA_ARGS__)); \
	static long __se_sys##name(__MAP(x, __SC_LONG, __VA_ARGS__))    \
	{                                                               \
		long ret = __do_sys##name(__MAP(x, __SC_CAST, __VA_ARGS__)); \
		__MAP(x, __SC_TEST, __VA_ARGS__);                       \
		return ret;                                             \
	}                                                               \
	long __wasm_sys##name(const struct pt_regs *regs)               \
	{                                                               \
		return __se_sys##name(__SC_R##x(0, __VA_ARGS__));       \
	}                                                               \
	static inline long __do_sys##name(__MAP(x, __SC_DECL, __VA_ARGS__))

#define SYSCALL_DEFINE0(sname)                                          \
	long __wasm_sys_##sname(const struct pt_regs *__unused);        \
	long __wasm_sys_##sname(const struct pt_regs *__unused)

#define COND_SYSCALL(name)                                              \
	long __weak __wasm_sys_##name(const struct pt_regs *regs);      \
	long __weak __wasm_sys_##name(const struct pt_regs *regs)       \
	{                                                               \
		return -ENOSYS;                                         \
	}
#define COND_SYSCALL_COMPAT(name) _Static_assert(1, "")
#endif
