/* SPDX-License-Identifier: Apache-2.0 */
/* Calls vfork() with stack pointers at which no signals can be blocked: in the kernel's
 * image, which system calls do not read for programs, and where no memory is. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define PAGE 4096
#define TIMES 100000

long vfork_at(long sp, long tls)
	__attribute__((import_module("env"), import_name("__wasm_ext_vfork")));

static void on_fault(int signo, siginfo_t *info, void *context)
{
	(void)signo, (void)context;
	dprintf(1, "fault at %lx\n", (long)info->si_addr);
	_exit(0);
}

/* The lowest that a system call may read. */
static uintptr_t ram_start(void)
{
	uintptr_t page = PAGE;

	while (access((const char *)page, F_OK) && errno == EFAULT)
		page += PAGE;
	return page;
}

int main(void)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO };
	uintptr_t start = ram_start();
	int i, refused = 0;

	for (i = 0; i < TIMES; i++)
		refused += vfork_at((long)start + 8, 0) == -EFAULT;
	printf("%d of %d: EFAULT\n", refused, TIMES);
	fflush(stdout);
	action.sa_sigaction = on_fault;
	sigaction(SIGSEGV, &action, NULL);
	vfork_at(16, 0);
	return 1;
}
