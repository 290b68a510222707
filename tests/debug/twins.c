// SPDX-License-Identifier: Apache-2.0
/* twins.c: runs twice at once, each with a number of its own. They take turns to have a
 * thread for a moment; whose turn it is goes by a byte from one to the other. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define TO_BE_FREED 20000 /* microseconds */

static volatile int own, met;

__attribute__((noinline)) void meet(int number)
{
	met = number;
}

static void *run(void *arg)
{
	meet(own);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	char turn;

	own = argc > 1 ? atoi(argv[1]) : 0;
	while (read(0, &turn, 1) == 1) {
		if (pthread_create(&thread, NULL, run, NULL) ||
		    pthread_join(thread, NULL))
			return 1;
		usleep(TO_BE_FREED);
		if (write(1, &turn, 1) != 1)
			return 1;
	}
	return 0;
}
