// SPDX-License-Identifier: Apache-2.0
/* program.c: programs that the guest executes, by content; translated once. */
#define LOG_MODULE "program"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "cpu.h"
#include "exit.h"
#include "futex.h"
#include "log.h"
#include "program.h"

#define RETRY_NS 1000000000u

enum state { TRANSLATING, READY, FAILED };

struct entry {
	XXH128_hash_t hash;
	size_t size;
	char name[64];
	enum state state;
	int error; /* if FAILED */
	u64 failed_ns; /* monotonic time */
	struct program program; /* if READY */
	const struct translate_settings *settings;
	void *wasm; /* while TRANSLATING */
	struct entry *next;
};

/* Nothing of the guest runs with it held. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t finished = PTHREAD_COND_INITIALIZER;
static struct entry *entries;
static bool any_ready;
static _Atomic u32 translating;
static void (*failure_hook)(int status);

/* What a program may import; "" takes any type. */
static const struct {
	const char *name;
	enum guest_kind kind;
	const char *type;
} imports[] = {
	{ "memory", GUEST_MEMORY, "" },
	{ "__indirect_function_table", GUEST_TABLE, "" },
	{ "__stack_pointer", GUEST_GLOBAL, "im" },
	{ "__memory_base", GUEST_GLOBAL, "i" },
	{ "__table_base", GUEST_GLOBAL, "i" },
	{ "__wasm_abort", GUEST_FUNC, ":" },
	{ "__wasm_syscall_0", GUEST_FUNC, "i:iii" },
	{ "__wasm_syscall_1", GUEST_FUNC, "i:iiii" },
	{ "__wasm_syscall_2", GUEST_FUNC, "i:iiiii" },
	{ "__wasm_syscall_3", GUEST_FUNC, "i:iiiiii" },
	{ "__wasm_syscall_4", GUEST_FUNC, "i:iiiiiii" },
	{ "__wasm_syscall_5", GUEST_FUNC, "i:iiiiiiii" },
	{ "__wasm_syscall_6", GUEST_FUNC, "i:iiiiiiiii" },
	{ "__wasm_ext_vfork", GUEST_FUNC, "i:ii" },
	{ "wasm_ext_wait32", GUEST_FUNC, "i:iij" },
	{ "wasm_ext_wait64", GUEST_FUNC, "i:ijj" },
	{ "wasm_ext_notify", GUEST_FUNC, "i:ii" },
};

static bool is_known(const struct guest_import *i)
{
	unsigned int k;

	if (strcmp(i->module, "env"))
		return false;
	for (k = 0; k < ARRAY_SIZE(imports); k++)
		if (imports[k].kind == i->kind &&
		    !strcmp(imports[k].name, i->name) &&
		    (!imports[k].type[0] || !strcmp(imports[k].type, i->type)))
			return true;
	return false;
}

static bool check_imports(const struct module *m)
{
	u32 i;

	for (i = 0; i < m->desc->nimports; i++) {
		const struct guest_import *import = &m->desc->imports[i];

		if (is_known(import))
			continue;
		log_warn("%s: cannot run, it imports `%s.%s` (%s), which no "
			 "program may", m->name, import->module, import->name,
			 import->type);
		return false;
	}
	return true;
}

static bool find_exports(struct program *p)
{
	const struct module *m = &p->module;

	p->start = module_function(m, "_start", ":");
	p->apply_data_relocs =
		module_function(m, "__wasm_apply_data_relocs", ":");
	p->call_ctors = module_function(m, "__wasm_call_ctors", ":");
	p->set_tls_base = module_function(m, "__set_tls_base", ":i");
	p->get_tls_base = module_function(m, "__get_tls_base", "i:");
	p->clone_callback =
		module_function(m, "__libc_clone_callback", "i:");
	p->handle_signal = module_function(m, "__libc_handle_signal", ":");
	if (!p->start)
		log_warn("%s: cannot run, it does not export `_start`",
			 m->name);
	return p->start;
}

static int load(struct entry *e, const char *so_path)
{
	char error[512];

	if (module_open(&e->program.module, so_path, e->name, error,
			sizeof(error))) {
		log_error("%s", error);
		return -EIO;
	}
	if (!check_imports(&e->program.module) || !find_exports(&e->program))
		return -ENOEXEC;
	return 0;
}

static int error_of_status(int status)
{
	switch (status) {
	case EXIT_DATA: return -ENOEXEC;
	case EXIT_CACHE: return -ENOSPC;
	default: return -EIO;
	}
}

void program_set_failure_hook(void (*hook)(int status))
{
	failure_hook = hook;
}

bool program_is_translating(void)
{
	return translating;
}

/* The lock is not held. */
static void finish(struct entry *e, int error)
{
	pthread_mutex_lock(&lock);
	e->error = error;
	e->state = error ? FAILED : READY;
	e->failed_ns = clock_ns(CLOCK_MONOTONIC);
	any_ready |= !error;
	free(e->wasm);
	e->wasm = NULL;
	pthread_cond_broadcast(&finished);
	pthread_mutex_unlock(&lock);
}

/* Without its first program the guest can do nothing. */
static void tell_failure(int status)
{
	if (failure_hook && !any_ready && status != EXIT_DATA)
		failure_hook(status);
}

static void translate(struct entry *e)
{
	struct translate_result *result = calloc(1, sizeof(*result));
	int error = -ENOMEM;

	if (result && !translate_bytes(e->settings, e->wasm, e->size, e->name,
				       NULL, result)) {
		error = load(e, result->so_path);
	} else if (result) {
		error = error_of_status(result->status);
		log_error("%s", result->message);
		tell_failure(result->status);
	}
	free(result);
	finish(e, error);
	translating--;
}

static void *translate_thread(void *arg)
{
	cpu_unpin(); /* the guest's thread that made this one is not free */
	translate(arg);
	return NULL;
}

/* Translate e now, or in a thread of its own. */
static void start_translation(struct entry *e, bool wait)
{
	pthread_attr_t attr;
	pthread_t thread;

	translating++;
	log_text("runner: translating %s ...", e->name);
	if (!wait) {
		pthread_attr_init(&attr);
		pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
		wait = pthread_create(&thread, &attr, translate_thread, e);
		pthread_attr_destroy(&attr);
	}
	if (wait)
		translate(e);
}

/* The host's failure may be over when the program is executed again, later. */
static bool is_past(const struct entry *e)
{
	return e->state == FAILED && e->error != -ENOEXEC &&
	       clock_ns(CLOCK_MONOTONIC) - e->failed_ns > RETRY_NS;
}

static struct entry *find_entry(XXH128_hash_t hash, size_t n)
{
	struct entry *e;

	for (e = entries; e; e = e->next)
		if (!is_past(e) && e->size == n &&
		    XXH128_isEqual(e->hash, hash))
			return e;
	return NULL;
}

static struct entry *add_entry(XXH128_hash_t hash, const void *wasm, size_t n,
			       const char *name)
{
	struct entry *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->wasm = malloc(n);
	if (!e->wasm) {
		free(e);
		return NULL;
	}
	memcpy(e->wasm, wasm, n);
	e->hash = hash;
	e->size = n;
	snprintf(e->name, sizeof(e->name), "%s", name);
	e->next = entries;
	entries = e;
	return e;
}

/* In the cache: load it at once. The lock is not held. */
static bool load_cached(struct entry *e)
{
	struct translate_result *result = calloc(1, sizeof(*result));
	int found = 0;

	if (result)
		found = translate_lookup_bytes(e->settings, e->wasm, e->size,
					       result);
	if (found > 0)
		finish(e, load(e, result->so_path));
	free(result);
	return found > 0;
}

int program_find(const struct translate_settings *settings, const void *wasm,
		 size_t n, const char *name, bool wait,
		 const struct program **ret)
{
	XXH128_hash_t hash;
	struct entry *e;
	bool added = false;
	int error;

	if (n < 8 || memcmp(wasm, "\0asm\1\0\0\0", 8))
		return -ENOEXEC;
	hash = XXH3_128bits(wasm, n);
	pthread_mutex_lock(&lock);
	e = find_entry(hash, n);
	if (!e) {
		e = add_entry(hash, wasm, n, name);
		added = true;
	}
	pthread_mutex_unlock(&lock);
	if (!e)
		return -ENOMEM;
	if (added) {
		e->settings = settings;
		if (!load_cached(e))
			start_translation(e, wait);
	}

	pthread_mutex_lock(&lock);
	while (wait && e->state == TRANSLATING)
		pthread_cond_wait(&finished, &lock);
	error = e->state == TRANSLATING ? -EAGAIN : e->error;
	pthread_mutex_unlock(&lock);
	if (!error)
		*ret = &e->program;
	return error;
}
