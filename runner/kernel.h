/* SPDX-License-Identifier: Apache-2.0 */
/* kernel.h: the guest's kernel: a module with the exports of host_abi.h. */
#ifndef RUNNER_KERNEL_H
#define RUNNER_KERNEL_H

#include "debug.h"
#include "hostabi.h"
#include "module.h"

#define KERNEL_SYSCALLS 7

struct kernel {
	struct module module;
	struct debug_image debug;
	/* Memory of an instance that has not run yet; all others are copies. */
	void *template;
#define KERNEL_POINTER(ret, name, n, ...) \
	ret (*name)(void *instance ABI_PARAMS_##n(__VA_ARGS__));
	KERNEL_EXPORTS(KERNEL_POINTER)
	KERNEL_EXT_EXPORTS(KERNEL_POINTER) /* may be NULL */
#undef KERNEL_POINTER
	void (*raise_exception)(void *instance); /* may be NULL */
	/* wasm_syscall_N, to be cast */
	void *syscalls[KERNEL_SYSCALLS];
};

/* Load the object at so_path; name is for messages. Dies if it is no kernel. */
void kernel_load(struct kernel *k, const char *so_path, const char *name);

/* The first instance: sets up the guest's memory. Template is made of it. */
void *kernel_boot_instance(struct kernel *k, struct task *task);

/* A new instance whose host calls are made for task. Free with free(). */
void *kernel_instance(const struct kernel *k, struct task *task);

/* Address of an object that the kernel exports by its address. Dies. */
gaddr_t kernel_object(const struct kernel *k, const char *name);

/* Does it know more than the interface of 2025? */
static inline bool kernel_has_interrupts(const struct kernel *k)
{
	return k->wasm_ext_interrupt;
}

static inline u32 kernel_syscall1(const struct kernel *k, void *instance,
				  u32 sp, u32 tls, u32 nr, u32 a)
{
	return ((u32 (*)(void *, u32, u32, u32, u32))k->syscalls[1])(
		instance, sp, tls, nr, a);
}

static inline u32 kernel_syscall4(const struct kernel *k, void *instance,
				  u32 sp, u32 tls, u32 nr, u32 a, u32 b, u32 c,
				  u32 d)
{
	return ((u32 (*)(void *, u32, u32, u32, u32, u32, u32, u32))
			k->syscalls[4])(instance, sp, tls, nr, a, b, c, d);
}

static inline u32 kernel_syscall5(const struct kernel *k, void *instance,
				  u32 sp, u32 tls, u32 nr, u32 a, u32 b, u32 c,
				  u32 d, u32 e)
{
	return ((u32 (*)(void *, u32, u32, u32, u32, u32, u32, u32, u32))
			k->syscalls[5])(instance, sp, tls, nr, a, b, c, d, e);
}

#endif
