/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guest.h: what a freestanding guest needs: the host's calls as prototypes, the
 * exports without which the runner takes nothing for a kernel, and a few words.
 * A guest defines boot(), and what it wants of the weak functions below.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t u32;
typedef uint64_t u64;

#include "host_abi.h"

struct task_struct;

#define GUEST_PTR(type) type
#define ARGS_0(...) void
#define ARGS_1(t, a) t a
#define ARGS_2(t, a, ...) t a, ARGS_1(__VA_ARGS__)
#define ARGS_3(t, a, ...) t a, ARGS_2(__VA_ARGS__)
#define ARGS_4(t, a, ...) t a, ARGS_3(__VA_ARGS__)
#define ARGS_5(t, a, ...) t a, ARGS_4(__VA_ARGS__)
#define ARGS_6(t, a, ...) t a, ARGS_5(__VA_ARGS__)
#define ARGS_7(t, a, ...) t a, ARGS_6(__VA_ARGS__)
#define IMPORT(ret, name, n, ...)                                       \
	__attribute__((import_module("env"), import_name(#name)))       \
	ret name(ARGS_##n(__VA_ARGS__));
HOST_CALLS(IMPORT)

#define EXPORT(name) __attribute__((export_name(#name), used))

/* ---- what a kernel exports ------------------------------------------- */

struct task_struct {
	void (*run)(void);
	char stack[4096];
} __attribute__((aligned(1024)));

extern struct task_struct init_task;
extern char boot_command_line[2048];
extern u32 initrd_start, initrd_end;

/* Bits that raise_interrupt() sets, one word a CPU. */
extern volatile u32 pending[8];

void boot(void);
/* The body of CPU 1 and up. */
void boot_secondary(u32 cpu);
/* An interrupt on a CPU that runs. user is not used by these guests. */
void interrupted(u32 cpu);
/* A fault in this task; does not return. */
void faulted(u32 signo, u32 addr) __attribute__((noreturn));

/* ---- words ------------------------------------------------------------ */

void print(const char *text);
void print_number(u64 n);
/* print() and power off. */
void finish(const char *text) __attribute__((noreturn));
void check(int condition, const char *what);

/* Of this task. */
u32 irq_state(void);
void set_irq_state(u32 state);
/* Set the state to on, and take what came while it was off. */
void enable_interrupts(void);
u32 irq_deferred(void);
void set_irq_deferred(u32 deferred);

#endif
