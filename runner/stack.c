// SPDX-License-Identifier: Apache-2.0
/* stack.c: a thread's stacks, see stack.h. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "exit.h"
#include "log.h"
#include "race.h"
#include "stack.h"
#include "util.h"

#define BYTES ((size_t)256 << 10)
#define GUARD ((size_t)4096)
#define SPARES 32

/* Some used ones wait here for the next thread, each points to the next. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *spare;
static unsigned int spares;

static void *take_spare(void)
{
	void *p;

	pthread_mutex_lock(&lock);
	p = spare;
	if (p) {
		spare = *(void **)p;
		spares--;
	}
	pthread_mutex_unlock(&lock);
	return p;
}

static bool keep_spare(void *p)
{
	bool keep;

	pthread_mutex_lock(&lock);
	keep = spares < SPARES;
	if (keep) {
		*(void **)p = spare;
		spare = p;
		spares++;
	}
	pthread_mutex_unlock(&lock);
	return keep;
}

static void *map_new(void)
{
	char *p = mmap(NULL, BYTES + GUARD, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED || mprotect(p, GUARD, PROT_NONE))
		die(EXIT_HOST, "no memory for a stack: %s", strerror(errno));
	return p + GUARD;
}

_Thread_local uintptr_t stack_end;

__asm__(".pushsection .text\n"
	".type stack_exhausted, @function\n"
	".globl stack_exhausted\n"
	".hidden stack_exhausted\n"
	"stack_exhausted:\n"
	".cfi_startproc\n"
	"ud2\n"
	".cfi_endproc\n"
	".size stack_exhausted, . - stack_exhausted\n"
	".popsection\n");

static void find_end(void)
{
	pthread_attr_t attr;
	size_t size;
	void *end;

	if (pthread_getattr_np(pthread_self(), &attr))
		die(EXIT_HOST, "out of memory");
	pthread_attr_getstack(&attr, &end, &size);
	pthread_attr_destroy(&attr);
	stack_end = (uintptr_t)end;
}

void stack_init(struct stack *s)
{
	stack_t ss = { .ss_size = BYTES };

	find_end();
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
	if (!keep_spare(s->start))
		munmap((char *)s->start - GUARD, BYTES + GUARD);
}
