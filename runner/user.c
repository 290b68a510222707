// SPDX-License-Identifier: Apache-2.0
/* user.c: the program that a task runs. */
#define LOG_MODULE "user"
#include <stdlib.h>
#include <string.h>

#include "exit.h"
#include "log.h"
#include "race.h"
#include "stack.h"
#include "user.h"
#include "vfork.h"

#define NR_EXIT_GROUP 94
#define STATUS_SEGV (128 + 11)
#define STATUS_NOT_RUN 126

pthread_mutex_t image_lock = PTHREAD_MUTEX_INITIALIZER;
static struct image *images; /* newest first; with image_lock */

static void *allocate(size_t n)
{
	void *p = calloc(1, n);

	if (!p)
		die(EXIT_HOST, "out of memory");
	return p;
}

static struct image *image_create(const struct program *program, u32 bin_start,
				  u32 data_start, const char *name)
{
	struct image *i = allocate(sizeof(*i));

	*i = (struct image){
		.program = program,
		.bin_start = bin_start,
		.data_start = data_start,
		.refs = 1,
		.memory_base = data_start,
		.table_base = WASM_TABLE_BASE,
		.debug = {
			.memory_base = data_start,
			.memory_size = program->module.desc->mem_size,
			.table_base = WASM_TABLE_BASE,
		},
	};
	wasm_rt_allocate_funcref_table(&i->table, WASM_TABLE_BASE +
				       program->module.desc->table_size, ~0u);
	pthread_mutex_lock(&image_lock);
	i->next = images;
	images = i;
	pthread_mutex_unlock(&image_lock);
	debug_add_image(&i->debug, &program->module, name);
	return i;
}

/* A process that is not quite gone may have had the same place before. */
static struct image *image_find(u32 bin_start, u32 data_start)
{
	struct image *i;

	pthread_mutex_lock(&image_lock);
	for (i = images; i; i = i->next)
		if (i->bin_start == bin_start && i->data_start == data_start)
			break;
	if (i)
		i->refs++;
	pthread_mutex_unlock(&image_lock);
	return i;
}

static void image_put(struct image *image)
{
	struct image **p;

	pthread_mutex_lock(&image_lock);
	if (--image->refs) {
		pthread_mutex_unlock(&image_lock);
		return;
	}
	for (p = &images; *p != image; p = &(*p)->next)
		;
	*p = image->next;
	pthread_mutex_unlock(&image_lock);
	debug_remove_image(&image->debug);
	free(image->template);
	free(image->table.data);
	free(image);
}

struct image *user_clone_begin(struct task *t)
{
	struct image *image = t->user->image;

	pthread_mutex_lock(&image_lock);
	image->refs++;
	image->clones++;
	pthread_mutex_unlock(&image_lock);
	return image;
}

void user_clone_end(struct image *image)
{
	bool counted;

	pthread_mutex_lock(&image_lock);
	counted = image->clones;
	image->clones -= counted;
	pthread_mutex_unlock(&image_lock);
	if (counted)
		image_put(image);
}

/* Takes over the reference to image. */
static struct user *user_create(struct image *image)
{
	struct user *u = allocate(sizeof(*u));

	u->image = image;
	u->refs = 1;
	u->instance = allocate(image->program->module.desc->instance_size);
	return u;
}

struct user *user_get(struct user *u)
{
	atomic_fetch_add(&u->refs, 1);
	return u;
}

void user_put(struct user *u)
{
	if (atomic_fetch_sub(&u->refs, 1) > 1)
		return;
	image_put(u->image);
	free(u->instance);
	free(u);
}

void user_bind(struct user *u, struct task *t)
{
	if (u->bound == t)
		return;
	u->bound = t;
	u->image->program->module.desc->import(u->instance, t);
}

static void *state_of(const struct user *u)
{
	return (char *)u->instance + u->image->program->module.desc->exception;
}

size_t user_state_size(const struct user *u)
{
	return u->image->program->module.desc->exception_size;
}

/* Words, none of which is in two lines of the CPU's cache: a store that is takes ten
 * times as long while the CPU watches memory. */
static void copy_words(volatile u64 *to, const volatile u64 *from, size_t n)
{
	while (n--)
		*to++ = *from++;
}

void user_save_state(const struct user *u, void *state)
{
	copy_words(state, state_of(u), user_state_size(u) / sizeof(u64));
}

void user_restore_state(struct user *u, const void *state)
{
	copy_words(state_of(u), state, user_state_size(u) / sizeof(u64));
}

/* A call of the program's signal handler, to be unwound by sigreturn. */
struct signal_frame {
	struct jump env;
	struct signal_frame *below;
	char *place; /* on the host's stack */
	u64 state[]; /* as it was interrupted: it may be about to throw */
};

/* One is kept for the next signal. */
static struct signal_frame *push_frame(struct task *t)
{
	struct signal_frame *f = t->spare_frame;

	t->spare_frame = NULL;
	if (!f)
		f = allocate(sizeof(*f) + user_state_size(t->user));
	f->below = t->frames;
	t->frames = f;
	return f;
}

static void pop_frame(struct task *t)
{
	struct signal_frame *f = t->frames;

	t->frames = f->below;
	free(t->spare_frame);
	t->spare_frame = f;
}

static bool on_main_stack(const struct task *t, const char *p)
{
	return (size_t)(t->stack_base - p) < THREAD_STACK;
}

/*
 * Forget handlers that were left by longjmp(): what they had on the host's stack
 * is below what is in use now. The frames themselves are not on it, since their
 * place may hold anything by now. Nobody uses the reserve (stack.h) when somebody is
 * on the main one again.
 */
static void prune_frames(struct task *t, const char *here)
{
	bool on_main = on_main_stack(t, here);

	while (t->frames) {
		bool frame_on_main = on_main_stack(t, t->frames->place);

		if (on_main == frame_on_main ? t->frames->place > here :
					       frame_on_main)
			break;
		pop_frame(t);
	}
}

void user_drop_frames(struct task *t)
{
	while (t->frames)
		pop_frame(t);
}

void user_drop(struct task *t)
{
	user_drop_frames(t);
	free(t->spare_frame);
	t->spare_frame = NULL;
	if (t->loaded)
		image_put(t->loaded);
	if (t->user)
		user_put(t->user);
	t->loaded = NULL;
	t->user = NULL;
}

void user_load(struct task *t, u32 bin_start, u32 bin_end, u32 data_start)
{
	const struct program *program;

	if (t->loaded)
		image_put(t->loaded);
	t->loaded = NULL;
	if (bin_end < bin_start ||
	    !memory_has(&the_vm->memory, bin_start, bin_end - bin_start))
		task_bug(t, "exec of a program at %08x to %08x, which is no "
			 "memory", bin_start, bin_end);
	if (!program_find(the_vm->settings, memory_at(bin_start),
			  bin_end - bin_start, t->name, true, &program))
		t->loaded = image_create(program, bin_start, data_start,
					 t->name);
}

void user_registers(struct task *t, u32 *sp, u32 *tls)
{
	const struct program *p;

	*sp = *tls = 0;
	if (!t->user)
		return;
	p = t->user->image->program;
	*sp = t->user->sp;
	if (p->get_tls_base)
		*tls = p->get_tls_base(t->user->instance);
}

void user_enter(struct task *t)
{
	u32 sp, tls;

	if (t->irq_state) {
		*t->irq_state = WASM_IRQS_USER;
		if (*t->irq_deferred) {
			user_registers(t, &sp, &tls);
			t->kernel->wasm_ext_interrupt(t->kinst, 1, sp, tls);
		}
	}
	race_user();
}

void user_exit(struct task *t, u32 status)
{
	u32 sp, tls;

	user_registers(t, &sp, &tls);
	race_kernel();
	while (true)
		kernel_syscall1(t->kernel, t->kinst, sp, tls, NR_EXIT_GROUP,
				status);
}

/* Stack pointer and TLS base as the kernel has them. */
static void load_registers(struct task *t)
{
	const struct program *p = t->user->image->program;

	t->user->sp = t->kernel->get_user_stack_pointer(t->kinst);
	if (p->set_tls_base)
		p->set_tls_base(t->user->instance,
				t->kernel->get_user_tls_base(t->kinst));
}

/* Not inlined: its frame is the upper end of what vfork() has to save. */
static __attribute__((noinline)) void run_exec(struct task *t)
{
	struct user *u = t->user;
	const struct program *p = u->image->program;
	u32 size = p->module.desc->instance_size;

	t->stack_base = __builtin_frame_address(0);
	u->sp = t->kernel->get_user_stack_pointer(t->kinst);
	u->bound = t;
	/* From here on a fault is the program's. */
	if (t->irq_state)
		*t->irq_state = WASM_IRQS_USER;
	p->module.desc->instantiate(u->instance, t);
	if (p->apply_data_relocs)
		p->apply_data_relocs(u->instance);
	u->image->template = allocate(size);
	memcpy(u->image->template, u->instance, size);
	race_after_others();
	user_enter(t);
	if (p->call_ctors)
		p->call_ctors(u->instance);
	p->start(u->instance);
}

void user_exec(struct task *t)
{
	struct image *image = t->loaded;

	t->loaded = NULL;
	user_drop(t);
	if (!image) {
		log_warn("%s: its program could not be loaded", t->name);
		user_exit(t, STATUS_NOT_RUN);
	}
	debug_name_image(&image->debug, t->name);
	t->user = user_create(image);
	run_exec(t);
	user_exit(t, 0);
}

static __attribute__((noinline)) u32 run_clone(struct task *t)
{
	const struct program *p = t->user->image->program;

	t->stack_base = __builtin_frame_address(0);
	load_registers(t);
	race_after_others();
	user_enter(t);
	return p->clone_callback(t->user->instance);
}

void user_clone(struct task *t)
{
	struct image *image = image_find(t->bin_start, t->data_start);

	if (!image || !image->template || !image->program->clone_callback) {
		log_warn("%s: a task was cloned that has no program to go on "
			 "with", t->name);
		if (image)
			image_put(image);
		user_exit(t, STATUS_NOT_RUN);
	}
	vfork_claim(t, image); /* may not return */
	user_clone_end(image);
	t->user = user_create(image);
	memcpy(t->user->instance, image->template,
	       image->program->module.desc->instance_size);
	user_bind(t->user, t);
	user_exit(t, run_clone(t));
}

/* Returns when the handler is done and sigreturn has unwound to here. */
static void deliver_signal(struct task *t)
{
	const struct program *p = t->user->image->program;
	char *place = __builtin_frame_address(0);
	struct signal_frame *frame;

	if (!p->handle_signal || stack_is_low(STACK_FOR_SIGNAL))
		user_exit(t, STATUS_SEGV);
	user_bind(t->user, t);
	prune_frames(t, place);
	frame = push_frame(t);
	user_save_state(t->user, frame->state);
	frame->place = place;
	if (!jump_set(&frame->env)) {
		load_registers(t);
		user_enter(t);
		p->handle_signal(t->user->instance);
		user_exit(t, STATUS_SEGV);
	}
	user_restore_state(t->user, t->frames->state);
	pop_frame(t);
	load_registers(t);
}

#define FLOW_EXEC (~0u)
#define FLOW_SIGNAL 1u
#define FLOW_RETURN 2u

void user_tail(struct task *t, u32 flow)
{
	if (flow == FLOW_EXEC) {
		if (t->borrowed)
			vfork_child_gone(t, false);
		jump_to(&t->top, TOP_EXEC);
	}
	if (!t->user)
		task_bug(t, "a signal for a task without a program");
	if (flow & FLOW_SIGNAL)
		deliver_signal(t);
	if (flow & FLOW_RETURN) {
		prune_frames(t, __builtin_frame_address(0));
		if (!t->frames) {
			log_info("%s: sigreturn outside of a handler", t->name);
			user_exit(t, STATUS_SEGV);
		}
		jump_to(&t->frames->env, 1);
	}
}
