// SPDX-License-Identifier: Apache-2.0
/*
 * guest_rt.c: compiled into every translated module. It calls nothing of the C
 * library, so that the runner finds a thread that is in here "in guest text",
 * where an interrupt may be delivered.
 */
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

typedef u64 __attribute__((aligned(1), may_alias)) unit8;
typedef u32 __attribute__((aligned(1), may_alias)) unit4;
typedef u16 __attribute__((aligned(1), may_alias)) unit2;
typedef u64 __attribute__((vector_size(16), aligned(1), may_alias)) unit16;

/* From here on the string instructions win. While the CPU watches something it
 * takes them step by step, so that they lose. */
#define LONG 512

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

OP void move_forward(u8 *d, const u8 *s, size_t n)
{
	/* Where there is no memory, it is to be the first byte that faults. */
	u8 first = *(const volatile u8 *)s;
	unit16 last = *(const volatile unit16 *)(s + n - 16);
	size_t i;

	(void)first;
	/* The rest may overlap what the loop still reads, so it was read
	 * first and is written last. */
	for (i = 0; i + 16 < n; i += 16)
		*(volatile unit16 *)(d + i) = *(const volatile unit16 *)(s + i);
	*(volatile unit16 *)(d + n - 16) = last;
}

OP void move_backward(u8 *d, const u8 *s, size_t n)
{
	unit16 first = *(unit16 *)s;

	for (; n > 16; n -= 16)
		*(unit16 *)(d + n - 16) = *(unit16 *)(s + n - 16);
	*(unit16 *)d = first;
}

/* CPUs take it for an overlap, and bytes one by one, if within a page dest is just
 * above the source. */
OP bool seems_to_overlap(const u8 *d, const u8 *s)
{
	return ((uintptr_t)d - (uintptr_t)s - 1) % 4096 < 63 ||
	       (uintptr_t)s - (uintptr_t)d < 64;
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
	else if (n < LONG || guest_watched || seems_to_overlap(d, s))
		move_forward(d, s, n);
	else
		__asm__ volatile("rep movsb"
				 : "+D"(d), "+S"(s), "+c"(n) : : "memory");
	return dest;
}

void *guest_rt_fill(void *dest, int byte, size_t n)
{
	u64 pattern = (u8)byte * (u64)0x0101010101010101;
	u8 *d = dest;
	size_t i = 0;

	WRITES(dest, n);
	if (n >= LONG && !guest_watched) {
		__asm__ volatile("rep stosb"
				 : "+D"(d), "+c"(n) : "a"(byte) : "memory");
		return dest;
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
	if (!exception->target)
		TRAP(UNCAUGHT_EXCEPTION);
	guest_rt_resume(exception->target);
}

#ifdef GUEST_TSAN
void guest_rt_set_depth(size_t depth)
{
	while (__tsan_testonly_shadow_stack_current_size() > depth)
		__tsan_func_exit();
}

#pragma clang attribute pop
#endif
