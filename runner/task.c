// SPDX-License-Identifier: Apache-2.0
/* task.c: a guest task is a host thread with a kernel instance of its own. */
#define LOG_MODULE "task"
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "exit.h"
#include "debug.h"
#include "futex.h"
#include "log.h"
#include "race.h"
#include "record.h"
#include "sanitize.h"
#include "stack.h"
#include "task.h"
#include "user.h"
#include "vfork.h"
#include "worker.h"

struct vm *the_vm;
_Thread_local struct task *task_self;

void task_init(void)
{
	void *p = mmap(NULL, TASK_SLOTS * sizeof(void *), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die(EXIT_HOST, "no memory for the list of tasks: %s",
		    strerror(errno));
	the_vm->tasks = p;
	runner_images.self_offset = (char *)&task_self -
				    (char *)__builtin_thread_pointer();
	worker_init();
}

static _Atomic(struct task *) *slot_of(gaddr_t gaddr)
{
	return &the_vm->tasks[gaddr >> TASK_SLOT_SHIFT];
}

struct task *task_find(gaddr_t gaddr)
{
	struct task *t = atomic_load(slot_of(gaddr));

	return t && t->gaddr == gaddr ? t : NULL;
}

NOT_SANITIZED void task_check_stack(const struct task *t)
{
	if (t && task_in_user_mode(t) && stack_is_low(STACK_FOR_SYSCALL))
		stack_exhausted();
}

static pthread_mutex_t free_lock = PTHREAD_MUTEX_INITIALIZER;

struct task *task_get(gaddr_t gaddr)
{
	pthread_mutex_lock(&free_lock);
	return task_find(gaddr);
}

void task_put(void)
{
	pthread_mutex_unlock(&free_lock);
}

bool task_identify(size_t slot, struct task_id *ret)
{
	const struct task *t;

	if (!atomic_load_explicit(&the_vm->tasks[slot], memory_order_relaxed))
		return false;
	/* Somebody who faulted may have it. */
	if (pthread_mutex_trylock(&free_lock))
		return false;
	t = atomic_load(&the_vm->tasks[slot]);
	if (t) {
		ret->gaddr = t->gaddr;
		snprintf(ret->name, sizeof(ret->name), "%.15s", t->name);
	}
	pthread_mutex_unlock(&free_lock);
	return t;
}

static void set_instance(struct task *t, void *kinst)
{
	const struct module *m = &t->kernel->module;

	t->kinst = kinst;
	if (!kernel_has_interrupts(t->kernel))
		return;
	t->irq_state = module_global(m, kinst, "__wasm_irq_state");
	t->irq_deferred = module_global(m, kinst, "__wasm_irq_deferred");
	t->kernel_sp = module_global(m, kinst, "__stack_pointer");
}

struct task *task_create(gaddr_t gaddr, const char *name, struct cpu *cpu,
			 void *kinst)
{
	struct task *t = calloc(1, sizeof(*t));

	if (!t)
		die(EXIT_HOST, "out of memory");
	t->kernel = &the_vm->kernel;
	t->gaddr = gaddr;
	t->cpu = cpu;
	snprintf(t->name, sizeof(t->name), "%s", name);
	set_instance(t, kinst ? kinst : kernel_instance(t->kernel, t));
	atomic_store(slot_of(gaddr), t);
	return t;
}

void task_free(struct task *t)
{
	/* Its place in the list is empty: nobody finds it any more. */
	pthread_mutex_lock(&free_lock);
	pthread_mutex_unlock(&free_lock);
	user_drop(t);
	free(t->kinst);
	free(t);
}

void task_set_name(struct task *t, const char *name)
{
	snprintf(t->name, sizeof(t->name), "%s", name);
	record_set_writer(t->gaddr, t->tid, t->name);
	pthread_setname_np(pthread_self(), t->name);
}

void task_adopt(struct task *t)
{
	int tid = (int)syscall(SYS_gettid);

	atomic_store(&t->tid, tid);
	task_self = t;
	race_kernel();
	if (t->cpu) {
		atomic_store(&t->cpu->tid, tid);
		cpu_pin(t->cpu, tid);
		t->home = t->cpu->home;
	}
	/* A signal may have gone to no thread, or to the one before. */
	if (t->irq_deferred)
		*t->irq_deferred = 1;
	record_set_writer(t->gaddr, tid, t->name);
	pthread_setname_np(pthread_self(), t->name);
}

static void enter(struct task *t)
{
	const struct kernel *k = t->kernel;

	switch (t->entry) {
	case ENTER_BOOT:
		k->_start(t->kinst);
		task_bug(t, "the kernel's _start returned: booting failed");
	case ENTER_CPU:
		k->_start_secondary(t->kinst, t->entry_argument);
		task_bug(t, "_start_secondary of CPU %u returned",
			 t->cpu->number);
	case ENTER_TASK:
		if (k->ret_from_fork(t->kinst, t->entry_argument, t->gaddr))
			user_clone(t);
		user_exec(t);
	case ENTER_EXEC:
		user_exec(t);
	}
}

static void run(void *arg)
{
	struct task *volatile t = arg;

	task_adopt(t);
	switch (jump_set(&t->top)) {
	case TOP_FIRST:
		enter(t);
		break;
	case TOP_EXEC:
		user_exec(t);
	case TOP_DIE:
		task_self = NULL;
		task_free(t);
		break;
	case TOP_END:
		break;
	}
}

void task_spawn(struct task *t)
{
	worker_run(t->cpu, run, t, t->name);
}

/* Until somebody switches here. A task that is to die goes on if it was woken
 * as well: it dies when it comes here again. */
static gaddr_t park(struct task *t)
{
	u32 wake;

	while (!((wake = atomic_load(&t->wake)) & TASK_WAKE)) {
		if (wake & TASK_DIE)
			task_die(t);
		futex_wait(&t->wake, wake, NULL);
	}
	atomic_fetch_and(&t->wake, ~TASK_WAKE);
	return t->last_task;
}

static void hand_over(struct task *t, struct task *next)
{
	if (next->home != t->cpu->home && next->tid) {
		cpu_pin(t->cpu, next->tid);
		next->home = t->cpu->home;
	}
	atomic_store_explicit(&next->cpu, t->cpu, memory_order_release);
	next->last_task = t->gaddr;
	atomic_store_explicit(&t->frame, __builtin_frame_address(0),
			      memory_order_relaxed);
	atomic_store(&t->cpu->tid, atomic_load(&next->tid));
}

gaddr_t task_switch(struct task *t, struct task *next)
{
	hand_over(t, next);
	atomic_fetch_or(&next->wake, TASK_WAKE);
	futex_wake(&next->wake, 1);
	return park(t);
}

gaddr_t task_switch_new(struct task *t, struct task *next)
{
	hand_over(t, next);
	task_spawn(next);
	return park(t);
}

/* Its memory may be another task's at once, so it loses its place now. */
void task_release(struct task *dead)
{
	atomic_store(slot_of(dead->gaddr), NULL);
	atomic_fetch_or(&dead->wake, TASK_DIE);
	futex_wake(&dead->wake, 1);
}

void task_die(struct task *t)
{
	if (t->borrowed)
		vfork_child_gone(t, true);
	jump_to(&t->top, TOP_DIE);
}

void task_stop(void)
{
	while (true)
		pause();
}

void task_bug(struct task *t, const char *fmt, ...)
{
	char what[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	the_vm->report(t, what, NULL);
	the_vm->end(EXIT_TRAP);
	task_stop();
}
