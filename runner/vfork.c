// SPDX-License-Identifier: Apache-2.0
/* vfork.c: vfork(2), which returns twice into the same frames. */
#define LOG_MODULE "vfork"
#include <alloca.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exit.h"
#include "futex.h"
#include "log.h"
#include "race.h"
#include "stack.h"
#include "user.h"
#include "vfork.h"
#include "worker.h"

#define NR_SCHED_YIELD 124
#define NR_RT_SIGPROCMASK 135
#define NR_CLONE 220
#define VFORK_FLAGS 0x4111 /* CLONE_VM | CLONE_VFORK | SIGCHLD */
/* How long a child may take to come whose parent was killed meanwhile. */
#define ORPHAN_NS 10000000000u

#define MOMENT_NS 50000

#define HAS_CHILD 1u	/* child is set and waits for the thread */
#define HAS_RESULT 2u	/* the parent's system call is over */
#define PARENT_DEAD 4u
#define CHILD_GONE 8u	/* the child is off the thread */

struct vfork {
	_Atomic u32 events; /* futex; HAS_CHILD, ... */
	struct task *parent, *child;
	struct user *user;
	u32 sp, tls, result;
	u64 mask; /* of signals, of the parent */
	/* What is to be put back: stack and where to go on in it. */
	char *start;
	size_t size;
	void *copy;
	void *state; /* of the parent's calls in the instance */
	struct jump resume;
	/* The parent's, while it is on the helper thread. */
	struct jump top;
	struct vfork *borrowed;
	struct vfork *next; /* of the image, until the child comes */
};

static void unlink_from_image(struct vfork *v)
{
	struct vfork **p;

	pthread_mutex_lock(&image_lock);
	for (p = &v->user->image->vforks; *p; p = &(*p)->next)
		if (*p == v) {
			*p = v->next;
			break;
		}
	pthread_mutex_unlock(&image_lock);
}

static void destroy(struct vfork *v)
{
	unlink_from_image(v);
	user_put(v->user);
	free(v->copy);
	free(v->state);
	free(v);
}

static void tell(struct vfork *v, u32 event)
{
	atomic_fetch_or(&v->events, event);
	futex_wake(&v->events, 1);
}

static u32 wait_for(struct vfork *v, u32 events)
{
	u32 now;

	while (!((now = atomic_load(&v->events)) & events))
		futex_wait(&v->events, now, NULL);
	return now;
}

/* Not inlined, so that its frame is below all that is to be saved. */
static __attribute__((noinline)) bool save_frames(struct vfork *v)
{
	v->start = __builtin_frame_address(0);
	if (!stack_is_first((uintptr_t)v->start))
		return false; /* on the reserve: callers are elsewhere */
	v->size = (size_t)(v->parent->stack_base - v->start);
	v->copy = malloc(v->size);
	if (!v->copy)
		return false;
	memcpy(v->copy, v->start, v->size);
	return true;
}

static bool save_state(struct vfork *v)
{
	v->state = malloc(user_state_size(v->user));
	if (v->state)
		user_save_state(v->user, v->state);
	return v->state;
}

#define SIG_SETMASK_OF_LINUX 2
#define ALL_SIGNALS (~(u64)0)

/*
 * t's mask of signals; its old one to *old, unless NULL. 0 or -errno. The parent has
 * none of its signals while it is on the helper thread, where a handler must not run:
 * its frames are elsewhere. They come when it is back.
 */
static u32 set_mask(struct task *t, u32 sp, u32 tls, u64 mask, u64 *old)
{
	u32 at = (sp - 2 * (u32)sizeof(u64)) & ~(u32)(sizeof(u64) - 1), err;
	u64 *masks = memory_at(at);

	masks[0] = mask;
	race_syscall_begin(NR_RT_SIGPROCMASK, SIG_SETMASK_OF_LINUX);
	err = kernel_syscall4(t->kernel, t->kinst, sp, tls, NR_RT_SIGPROCMASK,
			      SIG_SETMASK_OF_LINUX, at,
			      old ? at + (u32)sizeof(u64) : 0, sizeof(u64));
	race_syscall_end(NR_RT_SIGPROCMASK, SIG_SETMASK_OF_LINUX);
	if (old)
		*old = masks[1];
	return err;
}

static __attribute__((noinline, noreturn)) void put_back(struct vfork *v)
{
	memcpy(v->start, v->copy, v->size);
	jump_to(&v->resume, 1);
}

static __attribute__((noreturn)) void restore_frames(struct vfork *v)
{
	char *here = __builtin_frame_address(0);

	/* Go below what we overwrite. */
	if (here > v->start - 4096 && here <= v->start + v->size) {
		void *room = alloca((size_t)(here - v->start) + 8192);

		__asm__ volatile("" : : "r"(room) : "memory");
	}
	put_back(v);
}

/*
 * exec lets the parent go when the child has left its memory, but the child is
 * still in the kernel then, on the thread that the parent is to come back to.
 */
static void wait_for_thread(struct vfork *v)
{
	struct task *p = v->parent;
	struct timespec until;
	u32 now;

	while (!(atomic_load(&v->events) & CHILD_GONE)) {
		/* The child may be in need of this CPU, or be on another. */
		kernel_syscall1(p->kernel, p->kinst, v->sp, v->tls,
				NR_SCHED_YIELD, 0);
		now = atomic_load(&v->events);
		until = timespec_of_ns(clock_ns(CLOCK_MONOTONIC) + MOMENT_NS);
		if (!(now & CHILD_GONE))
			futex_wait(&v->events, now, &until);
	}
}

/* On the helper thread. */
static void run_parent(void *arg)
{
	struct vfork *v = arg;
	struct task *p = v->parent;

	if (jump_set(&p->top)) {
		task_self = NULL;
		task_free(p);
		tell(v, PARENT_DEAD);
		return;
	}
	task_adopt(p);
	v->result = kernel_syscall5(p->kernel, p->kinst, v->sp, v->tls,
				    NR_CLONE, VFORK_FLAGS, 0, 0, 0, 0);
	if ((int)v->result > 0)
		wait_for_thread(v);
	task_self = NULL;
	tell(v, HAS_RESULT);
}

static void move_parent_away(struct vfork *v)
{
	struct task *p = v->parent;

	v->top = p->top;
	v->borrowed = p->borrowed;
	p->borrowed = NULL;
	p->vfork = v;
	pthread_mutex_lock(&image_lock);
	v->next = v->user->image->vforks;
	v->user->image->vforks = v;
	pthread_mutex_unlock(&image_lock);
	task_self = NULL;
	worker_run(p->cpu, run_parent, v, p->name);
}

static void move_parent_back(struct vfork *v)
{
	struct task *p = v->parent;

	p->top = v->top;
	p->borrowed = v->borrowed;
	p->vfork = NULL;
	user_restore_state(v->user, v->state);
	user_bind(v->user, p);
	v->user->sp = v->sp;
	task_adopt(p);
}

static void finish(struct vfork *v) __attribute__((noreturn));

/* The thread has no task any more. */
static __attribute__((noreturn)) void give_up(struct vfork *v)
{
	struct vfork *outer = v->borrowed;
	struct jump top = v->top;

	destroy(v);
	if (outer)
		finish(outer);
	jump_to(&top, TOP_END);
}

/* The child is gone, or never came. */
static void finish(struct vfork *v)
{
	if (wait_for(v, HAS_RESULT | PARENT_DEAD) & PARENT_DEAD)
		give_up(v);
	move_parent_back(v);
	restore_frames(v);
}

/* The child of a killed parent may still be on its way. */
static void wait_for_orphan(struct vfork *v)
{
	struct timespec until =
		timespec_of_ns(clock_ns(CLOCK_MONOTONIC) + ORPHAN_NS);
	u32 now;

	while (!((now = atomic_load(&v->events)) & HAS_CHILD))
		if (futex_wait(&v->events, now, &until) == ETIMEDOUT)
			give_up(v);
}

static void become_child(struct vfork *v)
{
	struct task *c = v->child;

	c->borrowed = v;
	c->user = user_get(v->user);
	c->stack_base = v->start + v->size;
	user_bind(v->user, c);
	task_adopt(c);
	user_enter(c);
	set_mask(c, v->sp, v->tls, v->mask, NULL);
}

static u32 resumed(struct vfork *v)
{
	struct task *p = v->parent;
	u32 result = v->result, sp = v->sp, tls = v->tls;
	u64 mask = v->mask;

	destroy(v);
	user_enter(p);
	set_mask(p, sp, tls, mask, NULL); /* may not return */
	return result;
}

static struct vfork *create(struct task *p, u32 sp, u32 tls, u64 mask)
{
	struct vfork *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->parent = p;
	v->user = user_get(p->user);
	v->sp = sp;
	v->tls = tls;
	v->mask = mask;
	if (save_state(v))
		return v;
	destroy(v);
	return NULL;
}

u32 vfork_call(struct task *p, u32 sp, u32 tls)
{
	struct vfork *v;
	u64 mask;
	u32 err;

	/* First, since it may not return. */
	err = set_mask(p, sp, tls, ALL_SIGNALS, &mask);
	if (err)
		return err;
	v = create(p, sp, tls, mask);
	if (v && jump_set(&v->resume))
		return resumed(v);
	if (!v || !save_frames(v)) {
		if (v)
			destroy(v);
		set_mask(p, sp, tls, mask, NULL);
		return (u32)-EAGAIN;
	}
	move_parent_away(v);
	if (wait_for(v, ~0u) == PARENT_DEAD)
		wait_for_orphan(v);
	if (!(atomic_load(&v->events) & HAS_CHILD))
		finish(v);
	become_child(v);
	return 0;
}

/* The child's stack pointer is still its parent's: nobody else's is. */
void vfork_claim(struct task *t, struct image *image)
{
	u32 sp = t->kernel->get_user_stack_pointer(t->kinst);
	struct vfork **p, *v;
	struct jump top;

	pthread_mutex_lock(&image_lock);
	for (p = &image->vforks; *p && (*p)->sp != sp; p = &(*p)->next)
		;
	v = *p;
	if (v) {
		*p = v->next;
		image->refs--; /* v has one */
	}
	pthread_mutex_unlock(&image_lock);
	if (!v)
		return;
	top = t->top;
	v->child = t;
	task_self = NULL;
	atomic_store(&t->tid, 0); /* this thread is another's now */
	tell(v, HAS_CHILD);
	jump_to(&top, TOP_END);
}

void vfork_child_gone(struct task *c, bool dead)
{
	struct vfork *v = c->borrowed;

	c->borrowed = NULL;
	user_drop_frames(c);
	task_self = NULL;
	if (dead) {
		task_free(c);
	} else {
		c->entry = ENTER_EXEC;
		task_spawn(c);
	}
	tell(v, CHILD_GONE);
	finish(v);
}
