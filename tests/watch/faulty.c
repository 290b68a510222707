// SPDX-License-Identifier: Apache-2.0
/* faulty.c: a program that faults in a way of choice, two calls deep. */
#include <stdlib.h>
#include <string.h>

struct item {
	int numbers[3];
	struct item *next;
};

__attribute__((noinline)) static int walk_items(volatile struct item *i)
{
	return i->next->numbers[2];	/* line 13 */
}

__attribute__((noinline)) static int call_wrongly(void *p)
{
	return ((int (*)(long long))p)(1);	/* line 18 */
}

__attribute__((noinline)) static int load_unaligned(const char *address)
{
	return __atomic_load_n((int *)(strtoul(address, NULL, 0) | 1),
			       __ATOMIC_SEQ_CST);
}

int main(int argc, char **argv)
{
	static struct item first;
	void *volatile function = (void *)strlen;

	return argc > 2 ? load_unaligned(argv[2]) :
	       argc > 1 ? call_wrongly(function) : walk_items(&first);
}
