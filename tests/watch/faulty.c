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

__attribute__((noinline)) static int load_unaligned(unsigned long address)
{
	int *p = (int *)(address | 1);

	return __atomic_load_n(p, __ATOMIC_SEQ_CST);	/* line 25 */
}

static struct item first;

int main(int argc, char **argv)
{
	void *volatile function = (void *)strlen;

	if (argc == 1)
		return walk_items(&first);
	if (!strcmp(argv[1], "wrongly"))
		return call_wrongly(function);
	/* unaligned [ADDRESS]: there, or in its own data */
	return load_unaligned(argc > 2 ? strtoul(argv[2], NULL, 0) :
					 (unsigned long)&first);
}
