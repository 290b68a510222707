// SPDX-License-Identifier: Apache-2.0
/* stack.c: the second stack of a thread, on which it handles faults. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "exit.h"
#include "log.h"
#include "race.h"
#include "stack.h"
#include "util.h"

#define BYTES ((size_t)256 << 10)
#define GUARD ((size_t)4096)

/* Used ones wait here for the next thread, each with a pointer to the next. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *spare;

static void *take_spare(void)
{
	void *p;

	pthread_mutex_lock(&lock);
	p = spare;
	if (p)
		spare = *(void **)p;
	pthread_mutex_unlock(&lock);
	return p;
}

static void *map_new(void)
{
	char *p = mmap(NULL, BYTES + GUARD, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED || mprotect(p, GUARD, PROT_NONE))
		die(EXIT_HOST, "no memory for a stack: %s", strerror(errno));
	return p + GUARD;
}

void stack_init(struct stack *s)
{
	stack_t ss = { .ss_size = BYTES };

	s->start = take_spare();
	if (!s->start)
		s->start = map_new();
	ss.ss_sp = s->start;
	if (sigaltstack(&ss, NULL))
		die(EXIT_HOST, "sigaltstack: %s", strerror(errno));
}

void stack_deinit(struct stack *s)
{
	stack_t off = { .ss_flags = SS_DISABLE };

	race_user(); /* TSan minds threads that end as they are in the kernel */
	sigaltstack(&off, NULL);
	pthread_mutex_lock(&lock);
	*(void **)s->start = spare;
	spare = s->start;
	pthread_mutex_unlock(&lock);
}
