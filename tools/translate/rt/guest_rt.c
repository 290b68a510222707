// SPDX-License-Identifier: Apache-2.0
/*
 * guest_rt.c: compiled into every translated module. It calls nothing of the C
 * library, so that the runner finds a thread that is in here "in guest text",
 * where an interrupt may be delivered.
 */
#include "guest_module.h"
#include "guest_ops.h"

#ifdef GUEST_TSAN
/* TSan is told of copies as a whole. */
#pragma clang attribute push(__attribute__((disable_sanitizer_instrumentation)), \
			     apply_to = function)
#define READS(start, n) __tsan_read_range(start, n)
#define WRITES(start, n) __tsan_write_range(start, n)
#else
#define READS(start, n) ((void)0)
#define WRITES(start, n) ((void)0)
#endif

/* The linker takes this file first: here the module's text begins. */
__asm__(".text\n"
	".globl guest_text_start\n"
	".hidden guest_text_start\n"
	"guest_text_start:\n");

/* See guest_module.h. Debuggers alone read it, by the locations of variables. */
__attribute__((used, visibility("default"))) u64 guest_data_base = GUEST_DATA_NOWHERE;

typedef u64 __attribute__((aligned(1), may_alias)) unit8;
typedef u32 __attribute__((aligned(1), may_alias)) unit4;
typedef u16 __attribute__((aligned(1), may_alias)) unit2;
typedef u64 __attribute__((vector_size(16), aligned(1), may_alias)) unit16;
typedef u64 __attribute__((vector_size(32), aligned(1), may_alias)) unit32;

/* What has them moves these by wide units. They are as fast as the CPU's string
 * instructions, which it takes step by step while it watches memory. Units are
 * stored where they are aligned: a store to two lines of the CPU's cache takes ten
 * times as long while it watches. */
#define LONG 256
#define WIDE __attribute__((noinline, target("avx")))

/* Up to 16 bytes: all loads come before all stores. */
OP void move_short(u8 *d, const u8 *s, size_t n)
{
	if (n >= 8) {
		u64 a = *(unit8 *)s, b = *(unit8 *)(s + n - 8);

		*(unit8 *)d = a;
		*(unit8 *)(d + n - 8) = b;
	} else if (n >= 4) {
		u32 a = *(unit4 *)s, b = *(unit4 *)(s + n - 4);

		*(unit4 *)d = a;
		*(unit4 *)(d + n - 4) = b;
	} else if (n >= 2) {
		u16 a = *(unit2 *)s, b = *(unit2 *)(s + n - 2);

		*(unit2 *)d = a;
		*(unit2 *)(d + n - 2) = b;
	} else if (n) {
		*d = *s;
	}
}

/* How far it is to where a unit of size, 16 or 32, begins. */
OP size_t head_of(const u8 *d, size_t size)
{
	return -(uintptr_t)d & (size - 1);
}

/* Up to where a unit begins, and whole units of 128 bytes, of which all loads come
 * before all stores: how much. */
static WIDE size_t move_wide(u8 *d, const u8 *s, size_t n)
{
	size_t i = head_of(d, 16);

	move_short(d, s, i);
	if (head_of(d + i, 32)) {
		*(volatile unit16 *)(d + i) = *(const volatile unit16 *)(s + i);
		i += 16;
	}
	for (; i + 128 < n; i += 128) {
		const volatile unit32 *from = (const volatile unit32 *)(s + i);
		volatile unit32 *to = (volatile unit32 *)(d + i);
		unit32 a = from[0], b = from[1], c = from[2], e = from[3];

		to[0] = a;
		to[1] = b;
		to[2] = c;
		to[3] = e;
	}
	return i;
}

/* From where a unit begins. */
static WIDE size_t fill_wide(u8 *d, u64 pattern, size_t n)
{
	unit32 value = { pattern, pattern, pattern, pattern };
	size_t i;

	for (i = 0; i + 32 <= n; i += 32)
		*(volatile unit32 *)(d + i) = value;
	return i;
}

/* The first byte without memory is the one that faults: all goes upwards. */
OP void move_forward(u8 *d, const u8 *s, size_t n)
{
	size_t i;

	if (n >= LONG && guest_wide)
		i = move_wide(d, s, n);
	else
		move_short(d, s, i = head_of(d, 16));
	for (; i + 16 < n; i += 16)
		*(volatile unit16 *)(d + i) = *(const volatile unit16 *)(s + i);
	move_short(d + i, s + i, n - i);
}

OP void move_backward(u8 *d, const u8 *s, size_t n)
{
	size_t tail = (uintptr_t)(d + n) & 15;

	n -= tail;
	move_short(d + n, s + n, tail);
	for (; n > 16; n -= 16)
		*(unit16 *)(d + n - 16) = *(unit16 *)(s + n - 16);
	move_short(d, s, n);
}

void *guest_rt_move(void *dest, const void *src, size_t n)
{
	u8 *d = dest;
	const u8 *s = src;

	READS(src, n);
	WRITES(dest, n);
	if (n <= 16)
		move_short(d, s, n);
	else if ((uintptr_t)d - (uintptr_t)s < n)
		move_backward(d, s, n);
	else
		move_forward(d, s, n);
	return dest;
}

/* Bytes, and then 8 at once, up to where a unit begins, or n. */
OP size_t fill_head(u8 *d, u64 pattern, size_t n, size_t size)
{
	size_t i;

	for (i = 0; i < n && (uintptr_t)(d + i) & 7; i++)
		((volatile u8 *)d)[i] = (u8)pattern;
	for (; i + 8 <= n && head_of(d + i, size); i += 8)
		*(volatile unit8 *)(d + i) = pattern;
	return i;
}

void *guest_rt_fill(void *dest, int byte, size_t n)
{
	u64 pattern = (u8)byte * (u64)0x0101010101010101;
	u8 *d = dest;
	size_t i;

	WRITES(dest, n);
	if (n >= LONG && guest_wide) {
		i = fill_head(d, pattern, n, 32);
		i += fill_wide(d + i, pattern, n - i);
	} else {
		i = fill_head(d, pattern, n, 16);
	}
	for (; i + 16 <= n; i += 16)
		*(volatile unit16 *)(d + i) = (unit16){ pattern, pattern };
	for (; i + 8 <= n; i += 8)
		*(volatile unit8 *)(d + i) = pattern;
	for (; i < n; i++)
		((volatile u8 *)d)[i] = (u8)byte;
	return dest;
}

/* What the compiler may call for copies of its own. */
void *memcpy(void *dest, const void *src, size_t n)
	__attribute__((alias("guest_rt_move")));
void *memmove(void *dest, const void *src, size_t n)
	__attribute__((alias("guest_rt_move")));
void *memset(void *dest, int byte, size_t n)
	__attribute__((alias("guest_rt_fill")));

int memcmp(const void *a, const void *b, size_t n)
{
	const volatile u8 *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

#ifdef GUEST_CHECKS
#include "guest_check.c"
#endif

__attribute__((noinline, cold))
void guest_rt_check_type(const wasm_rt_funcref_table_t *table, u32 i,
			 wasm_rt_func_type_t type)
{
	wasm_rt_func_type_t entry = table->data[i].func_type;

	if (!entry || memcmp(type, entry, 32))
		wasm_rt_trap_call(table, i);
}

void guest_rt_load_exception(struct guest_exception *exception,
			     wasm_rt_tag_t tag, u32 size, const void *data)
{
	if (size > sizeof(exception->data))
		TRAP(EXHAUSTION);
	exception->tag = tag;
	exception->size = size;
	guest_rt_move(exception->data, data, size);
}

/* No function of C, for it returns again after guest_rt_resume(). */
__asm__(".globl guest_rt_try\n"
	".hidden guest_rt_try\n"
	".type guest_rt_try,@function\n"
	"guest_rt_try:\n"
	"	movq %rbx, (%rdi)\n"
	"	movq %rbp, 8(%rdi)\n"
	"	movq %r12, 16(%rdi)\n"
	"	movq %r13, 24(%rdi)\n"
	"	movq %r14, 32(%rdi)\n"
	"	movq %r15, 40(%rdi)\n"
	"	leaq 8(%rsp), %rax\n"
	"	movq %rax, 48(%rdi)\n"
	"	movq (%rsp), %rax\n"
	"	movq %rax, 56(%rdi)\n"
	"	xorl %eax, %eax\n"
	"	ret\n"
	".size guest_rt_try, .-guest_rt_try\n"
	".type guest_rt_resume,@function\n"
	"guest_rt_resume:\n"
	"	movq (%rdi), %rbx\n"
	"	movq 8(%rdi), %rbp\n"
	"	movq 16(%rdi), %r12\n"
	"	movq 24(%rdi), %r13\n"
	"	movq 32(%rdi), %r14\n"
	"	movq 40(%rdi), %r15\n"
	"	movq 48(%rdi), %rsp\n"
	"	movl $1, %eax\n"
	"	jmpq *56(%rdi)\n"
	".size guest_rt_resume, .-guest_rt_resume\n");

void guest_rt_resume(WASM_RT_UNWIND_TARGET *target) __attribute__((noreturn));

void guest_rt_throw(struct guest_exception *exception)
{
	WASM_RT_UNWIND_TARGET *target = exception->target;

	while (target && target->tag && target->tag != exception->tag)
		target = target->outer;
	if (!target)
		TRAP(UNCAUGHT_EXCEPTION);
	exception->target = target;
	guest_rt_resume(target);
}

#ifdef GUEST_TSAN
void guest_rt_set_depth(size_t depth)
{
	while (__tsan_testonly_shadow_stack_current_size() > depth)
		__tsan_func_exit();
}

#pragma clang attribute pop
#endif
