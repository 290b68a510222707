/* SPDX-License-Identifier: Apache-2.0 */
/* nullcall.c: nanoseconds of a system call that does nothing, and of some others. */
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 5, CALLS = 200000, SWITCHES = 5000 };

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void null_call(int fd)
{
	(void)fd;
	syscall(SYS_getppid);
}

static void write_byte(int fd)
{
	if (write(fd, "x", 1) != 1)
		_exit(1);
}

/* A byte into a pipe and out of it: no switch to another task. */
static int pipe_fds[2];

static void pipe_byte(int fd)
{
	char byte;

	write_byte(pipe_fds[1]);
	if (read(pipe_fds[0], &byte, 1) != 1)
		_exit(fd);
}

/* The best of some rounds: the others were disturbed. */
static double best_ns(void (*call)(int), int fd, int calls)
{
	double best = 1e18;

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t start = now_ns();

		for (int i = 0; i < calls; i++)
			call(fd);
		double ns = (double)(now_ns() - start) / calls;

		if (ns < best)
			best = ns;
	}
	return best;
}

int main(void)
{
	FILE *null = fopen("/dev/null", "w");

	if (!null || pipe(pipe_fds))
		return 1;
	printf("null %.1f\n", best_ns(null_call, 0, CALLS));
	printf("write %.1f\n", best_ns(write_byte, fileno(null), CALLS));
	printf("pipe %.1f\n", best_ns(pipe_byte, 1, SWITCHES));
	return 0;
}
