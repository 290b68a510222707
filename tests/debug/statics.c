// SPDX-License-Identifier: Apache-2.0
/* statics.c: variables and types with the names of others: of its other file, of the C
 * libraries, the kernel and the runner. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "statics.h"

struct item {
	int number;
	const char *name;
	struct item *next;
};

struct task {
	char name[8];
	struct task *next;
	int number;
};
struct option {
	short letter, number;
};

static struct task task = { "zero", &task, 61 };
static struct stat status;
static __attribute__((used)) struct item second = { 2, "second", NULL };
static __attribute__((used)) struct item lock = { 1, "first", &second };
static struct item *state = &lock;
static int table[4] = { 5, 6, 7, 8 };
static const int limit = 12;
static int gone = 3;
static int who;

int images[2] = { 21, 22 };

static inline __attribute__((always_inline)) int count(int by)
{
	static int calls = 100;

	calls += by;
	look_here(calls);
	return calls;
}

__attribute__((noinline)) int look(int number)
{
	static short seen = 40;
	struct option option = { 62, 63 };
	struct task mine = { "one", &task, seen };

	seen += 2;
	look_at(&mine, &option);
	look_here(number);
	return table[number & 3] + state->number + seen;
}

int main(int argc, char **argv)
{
	int sum = limit + gone;

	status.st_size = 1234;
	stat("/nowhere", &status);
	who = argc > 1 ? atoi(argv[1]) : 0;
	lock.number = who;
	for (;;) {
		sum += look(who) + count(2) + elsewhere(who);
		images[0]++;
		state->next->number = table[0] = sum & 7 ? 5 : 5;
		usleep(20000);
	}
}
