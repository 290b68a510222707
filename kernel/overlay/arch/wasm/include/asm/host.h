/* SPDX-License-Identifier: GPL-2.0-only */
/* host.h: the imports of host_abi.h as C prototypes. */
#ifndef _ASM_WASM_HOST_H
#define _ASM_WASM_HOST_H
#ifndef __ASSEMBLY__

#include <linux/args.h>
#include <linux/types.h>
#include <asm/host_abi.h>

struct task_struct;

#define GUEST_PTR(type) type
#define HOST_ARGS_0(...) void
#define HOST_ARGS_1(t, a) t a
#define HOST_ARGS_2(t, a, ...) t a, HOST_ARGS_1(__VA_ARGS__)
#define HOST_ARGS_3(t, a, ...) t a, HOST_ARGS_2(__VA_ARGS__)
#define HOST_ARGS_7(t, a, t2, a2, t3, a3, t4, a4, ...) \
	t a, t2 a2, t3 a3, t4 a4, HOST_ARGS_3(__VA_ARGS__)
#define HOST_ARGS_4(t, a, ...) t a, HOST_ARGS_3(__VA_ARGS__)
#define HOST_IMPORT(ret, name, n, ...)                                  \
	__attribute__((import_module("env"), import_name(#name)))       \
	ret name(HOST_ARGS_##n(__VA_ARGS__));
HOST_CALLS(HOST_IMPORT)

/* A function that the host calls: exported under its own name. */
#define HOST_EXPORT(name) __used __attribute__((export_name(#name)))
#endif
#endif
