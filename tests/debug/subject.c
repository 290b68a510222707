// SPDX-License-Identifier: Apache-2.0
/* subject.c: a program to be debugged: the guest's init, which never ends. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum mood { CALM, BUSY = 5, DONE };

struct box {
	struct box *next;
	int value;
	enum mood mood;
	unsigned int low : 3, high : 5;
	char name[8];
};

struct box last = { NULL, 30, DONE, 1, 2, "last" };
struct box middle = { &last, 20, BUSY, 5, 17, "middle" };
struct box first = { &middle, 10, CALM, 7, 31, "first" };
volatile int rounds;
_Alignas(8) char greeting[8] = "hello", heard[8];
static volatile long long written_late;
static volatile int lines_read;

static void nap(void)
{
	const struct timespec pause = { .tv_nsec = 20000000 };

	nanosleep(&pause, NULL);
}

__attribute__((noinline)) static void change_box(struct box *box, int by)
{
	box->value += by;
}

/* Of the same name as a type of the kernel. */
struct page {
	int lines, number;
} pages[2] = { { 40, 7 }, { 50, 7 } };

__attribute__((noinline)) static void turn(struct page *next)
{
	lines_read += next->lines;
}

static volatile int scale = 3, weight_seen[2], mood_seen;

/* Becomes a part of main(). */
__attribute__((always_inline)) static inline void weigh(const struct box *heavy)
{
	int weight = heavy->value * scale;

	weight_seen[0] = weight;
	mood_seen = heavy->mood;
	weight_seen[1] = weight;
}

/* The kernel has one of that name too. */
volatile int head = 4711;
static volatile double mixed, share = 2.5;

__attribute__((noinline)) static void mix(double part)
{
	static volatile int mixes = 8;

	mixed = mixed / 2 + part;
	mixes |= 1;
}

__attribute__((noinline)) static void use_pipe(void)
{
	int fds[2];

	if (pipe(fds))
		return;
	if (write(fds[1], greeting, sizeof(greeting)) == sizeof(greeting))
		rounds += read(fds[0], heard, sizeof(heard)) == sizeof(heard);
	close(fds[0]);
	close(fds[1]);
}

/* Starts long after the program. */
static void *write_late(void *arg)
{
	for (;;) {
		written_late += 3;
		nap();
	}
	return arg;
}

/* The console can be typed at. */
static void *listen(void *arg)
{
	char line[80];

	while (fgets(line, sizeof(line), stdin)) {
		printf("subject: heard %s", line);
		fflush(stdout);
	}
	return arg;
}

int main(void)
{
	char title[16];
	pthread_t thread;
	int i;

	/* vsnprintf(): a name that the kernel has too. */
	snprintf(title, sizeof(title), "subject: %s", "ready");
	puts(title);
	fflush(stdout);
	if (pthread_create(&thread, NULL, listen, NULL))
		puts("subject: no thread");
	for (i = 0;; i++) {
		nap();
		greeting[0] ^= 'h' ^ 'H';
		use_pipe();
		change_box(first.next, 1);
		turn(&pages[i % 2]);
		weigh(first.next->next);
		mix(share);
		lines_read += head - 4711;
		if (i == 20 && pthread_create(&thread, NULL, write_late, NULL))
			puts("subject: no thread");
	}
}
