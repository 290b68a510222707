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
#include "sanitize.h"
#include "stack.h"
#include "util.h"

/* From below: a guard, the fault handlers' stack, a guard, the reserve. */
#define GUARD THREAD_GUARD
#define OTHERS (2 * GUARD + THREAD_HANDLERS + THREAD_RESERVE)

static char *map_new(void)
{
	char *p = mmap(NULL, OTHERS, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED ||
	    mprotect(p + GUARD, THREAD_HANDLERS, PROT_READ | PROT_WRITE) ||
	    mprotect(p + OTHERS - THREAD_RESERVE, THREAD_RESERVE,
		     PROT_READ | PROT_WRITE))
		die(EXIT_HOST, "no memory for a stack: %s", strerror(errno));
	return p;
}

_Thread_local uintptr_t stack_end, stack_reserve_end;

NOT_SANITIZED uintptr_t stack_below(uintptr_t sp)
{
	uintptr_t top = stack_reserve_end + THREAD_RESERVE;
	bool on_first = top - sp > OTHERS;

	/* A handler needs some, and then what its system calls need. */
	if (stack_room(sp) >= (on_first ? 2 : 1) * STACK_FOR_SYSCALL)
		return sp;
	return on_first ? top : 0;
}

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
	/* It may be an old one of a thread that had more. */
	stack_end = (uintptr_t)end + size - MIN(size, THREAD_STACK);
}

void stack_init(struct stack *s)
{
	stack_t ss = { .ss_size = THREAD_HANDLERS };

	find_end();
	s->others = map_new();
	stack_reserve_end = (uintptr_t)s->others + OTHERS - THREAD_RESERVE;
	ss.ss_sp = s->others + GUARD;
	if (sigaltstack(&ss, NULL))
		die(EXIT_HOST, "sigaltstack: %s", strerror(errno));
}

void stack_deinit(struct stack *s)
{
	stack_t off = { .ss_flags = SS_DISABLE };

	race_user(); /* TSan minds threads that end as they are in the kernel */
	sigaltstack(&off, NULL);
	munmap(s->others, OTHERS);
}
