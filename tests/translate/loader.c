// SPDX-License-Identifier: Apache-2.0
/*
 * loader.c: the least that runs a translated module, argv[1]; with a second
 * argument, as if the CPU watched something. Reads commands from
 * stdin and prints what reference.js prints for the same module and commands:
 *	NAME ARGUMENT...   call an export; arguments are bits, in hexadecimal
 *	                   -> "NAME = type:bits", "NAME = trap" or "NAME ="
 *	                   If the module exports "trapped", that is called where
 *	                   it traps, as a handler of signals; it may throw.
 *	@show              what struct guest_module says (not in reference.js)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "guest_module.h"
#include "guest_rt.h"

#define PAGE 65536ull

struct w2c_env {
	wasm_rt_memory_t memory;
	wasm_rt_funcref_table_t table;
	uint32_t stack_pointer, memory_base, table_base;
};

static struct w2c_env env = { .stack_pointer = 0x100000,
			      .memory_base = 0x20000, .table_base = 16 };
static sigjmp_buf trapped;

uint8_t guest_wide;

/* The instance of the test, for calls back. */
static void *instance;
static const struct guest_module *module;

static const struct guest_export *export_or_null(const char *name)
{
	uint32_t i;

	for (i = 0; i < module->nexports; i++)
		if (!strcmp(module->exports[i].name, name))
			return &module->exports[i];
	return NULL;
}

static void call_back(const struct guest_export *e)
{
	((void (*)(void *))e->func)(instance);
}

static __attribute__((noreturn)) void on_trap(int why)
{
	const struct guest_export *handler = export_or_null("trapped");

	if (handler)
		call_back(handler);
	siglongjmp(trapped, why);
}

void wasm_rt_trap(wasm_rt_trap_t trap)
{
	if (trap == WASM_RT_TRAP_UNCAUGHT_EXCEPTION)
		siglongjmp(trapped, 1 + (int)trap);
	on_trap(1 + (int)trap);
}

void wasm_rt_trap_access(wasm_rt_trap_t trap, uint64_t a)
{
	(void)a;
	wasm_rt_trap(trap);
}

void wasm_rt_trap_call(const wasm_rt_funcref_table_t *table, uint32_t i)
{
	(void)table;
	(void)i;
	wasm_rt_trap(WASM_RT_TRAP_CALL_INDIRECT);
}

uint64_t wasm_rt_grow_memory_shared(wasm_rt_shared_memory_t *memory,
				    uint64_t pages)
{
	uint64_t old = memory->pages;

	if (pages > memory->max_pages - old ||
	    mprotect((void *)(old * PAGE), pages * PAGE,
		     PROT_READ | PROT_WRITE))
		return ~0ull;
	memory->pages += pages;
	return old;
}

void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table,
				    uint32_t size, uint32_t max_size)
{
	table->data = calloc(size + 1, sizeof(*table->data));
	table->size = size;
	table->max_size = max_size;
}

void wasm_rt_allocate_externref_table(wasm_rt_externref_table_t *table,
				      uint32_t size, uint32_t max_size)
{
	table->data = calloc(size + 1, sizeof(*table->data));
	table->size = size;
	table->max_size = max_size;
}

wasm_rt_memory_t *host_memory(struct w2c_env *e)
{
	return &e->memory;
}

wasm_rt_funcref_table_t *host___indirect_function_table(struct w2c_env *e)
{
	return &e->table;
}

uint32_t *host___stack_pointer(struct w2c_env *e)
{
	return &e->stack_pointer;
}

uint32_t *host___memory_base(struct w2c_env *e)
{
	return &e->memory_base;
}

uint32_t *host___table_base(struct w2c_env *e)
{
	return &e->table_base;
}

uint32_t host_twice(struct w2c_env *e, uint32_t x)
{
	return e == &env ? 2 * x : 0;
}

static const struct guest_export *find_export(const char *name)
{
	const struct guest_export *e = export_or_null(name);

	if (e)
		return e;
	fprintf(stderr, "loader: no export %s\n", name);
	exit(1);
}

void host_call(struct w2c_env *e)
{
	(void)e;
	call_back(find_export("called"));
}

uint32_t host_wasm_ext_wait32(struct w2c_env *e, uint32_t a,
				 uint32_t expected, uint64_t timeout)
{
	(void)e;
	printf("wait32 %x %x %llx\n", a, expected, (unsigned long long)timeout);
	return 2;
}

uint32_t host_wasm_ext_wait64(struct w2c_env *e, uint32_t a,
				 uint64_t expected, uint64_t timeout)
{
	(void)e;
	printf("wait64 %x %llx %llx\n", a, (unsigned long long)expected,
	       (unsigned long long)timeout);
	return 1;
}

uint32_t host_wasm_ext_notify(struct w2c_env *e, uint32_t a, uint32_t n)
{
	(void)e;
	printf("notify %x %x\n", a, n);
	return 3;
}

static void on_fault(int signo)
{
	on_trap(100 + signo);
}

/* Integers and floats are passed in registers of their own, in order, so one
 * call with all of them fits every signature. */
static void call(const struct guest_export *e, char **args, int n)
{
	const char *type = e->type, *params = strchr(type, ':') + 1;
	uint64_t ints[5] = { 0 }, bits;
	double floats[4] = { 0 };
	int i, nints = 0, nfloats = 0;

	for (i = 0; i < n; i++) {
		bits = strtoull(args[i], NULL, 16);
		if (params[i] == 'f' || params[i] == 'd')
			memcpy(&floats[nfloats++], &bits, sizeof(bits));
		else
			ints[nints++] = bits;
	}
	printf("%s", e->name);
	for (i = 0; i < n; i++)
		printf(" %s", args[i]);
#define CALL(type) ((type (*)(void *, uint64_t, uint64_t, uint64_t, uint64_t, \
	uint64_t, double, double, double, double))e->func)(instance, ints[0], \
	ints[1], ints[2], ints[3], ints[4], floats[0], floats[1], floats[2],  \
	floats[3])
	fflush(stdout);
	if (sigsetjmp(trapped, 1)) {
		printf(" = trap\n");
		return;
	}
	if (*type == 'i') {
		printf(" = i:%x\n", CALL(uint32_t));
	} else if (*type == 'j') {
		printf(" = j:%llx\n", (unsigned long long)CALL(uint64_t));
	} else if (*type == 'f') {
		float f = CALL(float);
		uint32_t b;

		memcpy(&b, &f, sizeof(b));
		if (f != f)
			printf(" = f:nan\n");
		else
			printf(" = f:%x\n", b);
	} else if (*type == 'd') {
		double d = CALL(double);

		memcpy(&bits, &d, sizeof(bits));
		if (d != d)
			printf(" = d:nan\n");
		else
			printf(" = d:%llx\n", (unsigned long long)bits);
	} else {
		CALL(void);
		printf(" =\n");
	}
}

static void show(void)
{
	static const char *const kinds[] = { "func", "table", "memory",
					     "global", "tag" };
	const struct guest_module *m = module;
	uint32_t i;

	printf("memory %u..%u data_low %x\n", m->memory_min, m->memory_max,
	       m->data_low);
	if (m->has_dylink)
		printf("dylink %u %u %u %u\n", m->mem_size, m->mem_align,
		       m->table_size, m->table_align);
	for (i = 0; i < m->nimports; i++)
		printf("import %s.%s %s %s\n", m->imports[i].module,
		       m->imports[i].name, kinds[m->imports[i].kind],
		       m->imports[i].type);
	for (i = 0; i < m->nexports; i++) {
		const struct guest_export *e = &m->exports[i];
		char *at = (char *)instance + e->offset;

		printf("export %s %s %s", e->name, kinds[e->kind], e->type);
		if (e->indirect)
			at = *(char **)at;
		if (e->kind == GUEST_GLOBAL && *e->type == 'i')
			printf(" = %x", *(uint32_t *)at);
		if (e->kind == GUEST_TABLE)
			printf(" size %u",
			       ((wasm_rt_funcref_table_t *)at)->size);
		if (e->kind == GUEST_FUNC &&
		    ((char *)e->func < m->text_start ||
		     (char *)e->func >= m->text_end))
			printf(" OUTSIDE OF THE TEXT");
		printf("\n");
	}
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };
	void *so = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
	char line[256], *words[8], *copy;
	int n;

	if (!so || !(module = dlsym(so, GUEST_MODULE_SYMBOL))) {
		fprintf(stderr, "loader: %s\n", argc > 1 ? dlerror() : "no file");
		return 1;
	}
	if (mmap((void *)PAGE, (8ull << 30) - PAGE, PROT_NONE, MAP_PRIVATE |
		 MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0) ==
	    MAP_FAILED) {
		perror("loader: mmap");
		return 1;
	}
	guest_wide = argc <= 2 && __builtin_cpu_supports("avx");
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGILL, &sa, NULL);
	sigaction(SIGFPE, &sa, NULL);
	env.memory.pages = 1;
	env.memory.max_pages = 64;
	wasm_rt_grow_memory_shared(&env.memory, module->memory_min - 1);
	wasm_rt_allocate_funcref_table(&env.table, 100, 100);

	/* A copy of an instance must work as well as the instance. */
	instance = malloc(module->instance_size);
	copy = malloc(module->instance_size);
	if (sigsetjmp(trapped, 1)) {
		printf("instantiate = trap\n");
		return 0;
	}
	module->instantiate(copy, &env);
	memcpy(instance, copy, module->instance_size);
	memset(copy, 0xee, module->instance_size);
	module->import(instance, &env);

	while (fgets(line, sizeof(line), stdin)) {
		n = 0;
		for (words[n] = strtok(line, " \n"); words[n] && n < 7;)
			words[++n] = strtok(NULL, " \n");
		if (!n || words[0][0] == ';')
			continue;
		if (!strcmp(words[0], "@show"))
			show();
		else
			call(find_export(words[0]), words + 1, n - 1);
		fflush(stdout);
	}
	return 0;
}
