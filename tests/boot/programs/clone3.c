// SPDX-License-Identifier: Apache-2.0
/* clone3() with CLONE_VM and a stack, by hand: the child begins at what lies there. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(cond)                                                      \
	do {                                                             \
		if (!(cond)) {                                           \
			printf("clone3.c:%d: %s (errno %d)\n", __LINE__, \
			       #cond, errno);                            \
			exit(1);                                         \
		}                                                        \
	} while (0)

struct frame {
	int (*run)(void *);
	void *arg;
	long pad[2];
};

static char stack[65536] __attribute__((aligned(16)));
static char tls[4096] __attribute__((aligned(16)));
static _Thread_local int own = 7;
static volatile int pid, mark;
static volatile uintptr_t place;
static struct sigaction caught, ignored;

static void handler(int sig)
{
	(void)sig;
}

static int looks(void *status)
{
	char here;

	place = (uintptr_t)&here;
	pid = getpid();
	mark = own;
	own = 9;
	sigaction(SIGUSR1, NULL, &caught);
	sigaction(SIGUSR2, NULL, &ignored);
	return (intptr_t)status;
}

static long start(struct clone_args *args, int status)
{
	struct frame *frame = (struct frame *)(stack + sizeof(stack)) - 1;

	frame->run = looks;
	frame->arg = (void *)(intptr_t)status;
	pid = mark = place = 0;
	args->exit_signal = SIGCHLD;
	args->stack = (uintptr_t)stack;
	args->stack_size = sizeof(stack) - sizeof(*frame);
	return syscall(SYS_clone3, args, sizeof(*args));
}

static void run(struct clone_args *args, int status)
{
	long child = start(args, status);
	int got;

	CHECK(child > 0 && waitpid(child, &got, 0) == child);
	CHECK(WIFEXITED(got) && WEXITSTATUS(got) == status);
	CHECK(pid == child);
	CHECK(place >= (uintptr_t)stack &&
	      place < (uintptr_t)stack + sizeof(stack));
}

static void test_signals(void)
{
	signal(SIGUSR1, handler);
	signal(SIGUSR2, SIG_IGN);
	run(&(struct clone_args){ .flags = CLONE_VM }, 5);
	CHECK(caught.sa_handler == handler && ignored.sa_handler == SIG_IGN);
	run(&(struct clone_args){ .flags = CLONE_VM | CLONE_CLEAR_SIGHAND }, 6);
	CHECK(caught.sa_handler == SIG_DFL && ignored.sa_handler == SIG_IGN);
	sigaction(SIGUSR1, NULL, &caught);
	CHECK(caught.sa_handler == handler);
}

/* The child has variables of its own where its TLS base says. */
static void test_tls(void)
{
	char *mine = __builtin_wasm_tls_base(), *its = tls + sizeof(tls) / 2;
	int *copy = (int *)(its + ((char *)&own - mine));

	own = 7;
	run(&(struct clone_args){ .flags = CLONE_VM }, 7);
	CHECK(mark == 7 && own == 9);
	*copy = 55;
	run(&(struct clone_args){ .flags = CLONE_VM | CLONE_SETTLS,
				  .tls = (uintptr_t)its }, 8);
	CHECK(mark == 55 && own == 9 && *copy == 9);
}

static void test_ids(void)
{
	int parent = 0, child = 0, fd = -1, wanted[] = { 12345 };
	struct pollfd p = { .events = POLLIN };

	run(&(struct clone_args){
		.flags = CLONE_VM | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID,
		.parent_tid = (uintptr_t)&parent,
		.child_tid = (uintptr_t)&child }, 9);
	CHECK(parent == pid && child == pid);
	run(&(struct clone_args){ .flags = CLONE_VM | CLONE_PIDFD,
				  .pidfd = (uintptr_t)&fd }, 10);
	p.fd = fd;
	CHECK(fd > 2 && poll(&p, 1, 0) == 1);
	run(&(struct clone_args){ .flags = CLONE_VM,
				  .set_tid = (uintptr_t)wanted,
				  .set_tid_size = 1 }, 11);
	CHECK(pid == 12345);
}

static void test_errors(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };

	CHECK(syscall(SYS_clone3, &args, sizeof(args)) == -1 && errno == ENOSYS);
	args.flags = CLONE_VM;
	CHECK(syscall(SYS_clone3, &args, sizeof(args)) == -1 && errno == ENOSYS);
	args.stack = (uintptr_t)stack;
	CHECK(syscall(SYS_clone3, &args, sizeof(args)) == -1 && errno == EINVAL);
	args = (struct clone_args){
		.flags = CLONE_VM | CLONE_SIGHAND | CLONE_CLEAR_SIGHAND };
	CHECK(start(&args, 0) == -1 && errno == EINVAL);
	CHECK(syscall(SYS_clone3, &args, 8) == -1 && errno == EINVAL);
}

int main(void)
{
	test_signals();
	test_tls();
	test_ids();
	test_errors();
	puts("all of clone3() is right");
	return 0;
}
