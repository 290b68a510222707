// SPDX-License-Identifier: Apache-2.0
/* kernel.c: the guest's kernel: a module with the exports of host_abi.h. */
#define LOG_MODULE "kernel"
#include <stdlib.h>
#include <string.h>

#include "exit.h"
#include "kernel.h"
#include "log.h"
#include "trace.h"

static void check_is_kernel(const struct kernel *k)
{
	const struct module *m = &k->module;

	if (m->desc->has_dylink)
		die(EXIT_DATA, "%s is a program for the guest, not a kernel",
		    m->name);
	if (!m->desc->memory_min)
		die(EXIT_DATA, "%s is no Linux kernel: it does not import a "
		    "memory", m->name);
}

static void *find(const struct kernel *k, const char *name, const char *type,
		  bool required)
{
	void *f = module_function(&k->module, name, type);

	if (f)
		return f;
	if (module_export(&k->module, name))
		die(EXIT_DATA, "%s exports `%s`, but not as a function of the "
		    "type %s that this runner expects", k->module.name, name,
		    type);
	if (required)
		die(EXIT_DATA, "%s is no Linux kernel: it does not export `%s`",
		    k->module.name, name);
	return NULL;
}

static void find_exports(struct kernel *k)
{
	u32 i;

#define KERNEL_REQUIRED(ret, name, n, ...) \
	k->name = find(k, #name, ABI_SIGNATURE(ret, n, __VA_ARGS__), true);
	KERNEL_EXPORTS(KERNEL_REQUIRED)
#define KERNEL_OPTIONAL(ret, name, n, ...) \
	k->name = find(k, #name, ABI_SIGNATURE(ret, n, __VA_ARGS__), false);
	KERNEL_EXT_EXPORTS(KERNEL_OPTIONAL)
	k->raise_exception = find(k, "raise_exception", ":", false);
	for (i = 0; i < KERNEL_SYSCALLS; i++) {
		char name[] = "wasm_syscall_0", type[] = "i:iiiiiiiii";

		name[sizeof(name) - 2] += (char)i;
		type[2 + 3 + i] = 0;
		k->syscalls[i] = find(k, name, type, true);
	}
}

/* What wasm instructions become (tools/translate). */
static bool is_instruction(const struct guest_import *i)
{
	return !strcmp(i->name, "wasm_ext_wait32") ||
	       !strcmp(i->name, "wasm_ext_wait64") ||
	       !strcmp(i->name, "wasm_ext_notify");
}

static void check_import(const struct kernel *k, const struct guest_import *i)
{
	const char *signature;

	if (i->kind == GUEST_MEMORY)
		return;
	if (i->kind != GUEST_FUNC || strcmp(i->module, "env"))
		die(EXIT_DATA, "%s imports `%s.%s`, which no host of "
		    "Linux/Wasm provides", k->module.name, i->module, i->name);
	if (is_instruction(i))
		return;
	if (!strncmp(i->name, "sys_", 4)) {
		log_debug("%s: answered with ENOSYS", i->name);
		return;
	}
	signature = trace_signature(i->name);
	if (!signature)
		die(EXIT_DATA, "%s imports `env.%s`, which this runner does "
		    "not provide", k->module.name, i->name);
	if (strcmp(signature, i->type))
		die(EXIT_DATA, "%s imports `env.%s` with type %s, this runner "
		    "provides it with type %s", k->module.name, i->name,
		    i->type, signature);
}

void kernel_load(struct kernel *k, const char *so_path, const char *name)
{
	char error[512];
	u32 i;

	if (module_open(&k->module, so_path, name, error, sizeof(error)))
		die(EXIT_DATA, "%s", error);
	check_is_kernel(k);
	find_exports(k);
	k->debug = (struct debug_image){
		.memory_size = k->module.desc->memory_min * WASM_PAGE,
		.is_kernel = 1,
	};
	for (i = 0; i < k->module.desc->nimports; i++)
		check_import(k, &k->module.desc->imports[i]);
	if (kernel_has_interrupts(k)) {
		static const char *const globals[] = { "__wasm_irq_state",
			"__wasm_irq_deferred", "__stack_pointer" };

		for (i = 0; i < ARRAY_SIZE(globals); i++)
			if (!module_has_global(&k->module, globals[i]))
				die(EXIT_DATA, "%s exports wasm_ext_interrupt, "
				    "but not the global `%s`", name,
				    globals[i]);
	}
	log_info("%s: %s", name, kernel_has_interrupts(k) ?
		 "a kernel with interrupts" : "a kernel of the release of 2025");
	debug_add_image(&k->debug, &k->module, "kernel");
}

void *kernel_boot_instance(struct kernel *k, struct task *task)
{
	u32 size = k->module.desc->instance_size;
	void *instance = calloc(1, size);

	k->template = calloc(1, size);
	if (!instance || !k->template)
		die(EXIT_HOST, "out of memory");
	k->module.desc->instantiate(instance, task);
	memcpy(k->template, instance, size);
	return instance;
}

void *kernel_instance(const struct kernel *k, struct task *task)
{
	void *instance = malloc(k->module.desc->instance_size);

	if (!instance)
		die(EXIT_HOST, "out of memory");
	memcpy(instance, k->template, k->module.desc->instance_size);
	k->module.desc->import(instance, task);
	return instance;
}

gaddr_t kernel_object(const struct kernel *k, const char *name)
{
	volatile u32 *address = module_global(&k->module, k->template, name);

	if (!address)
		die(EXIT_DATA, "%s is no Linux kernel: it does not export `%s`",
		    k->module.name, name);
	return *address;
}
