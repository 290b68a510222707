// SPDX-License-Identifier: Apache-2.0
/* faulty.c: a program that faults in a way of choice, two calls deep. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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

/* In a stack, with some of it above. */
__attribute__((noinline)) static void *load_from_stack(void *unused)
{
	volatile int room[64] = { 0 };

	(void)unused;
	return (void *)(long)load_unaligned((unsigned long)room);
}

static int load_from_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, load_from_stack, NULL))
		return 1;
	return pthread_join(thread, NULL);
}

static int load_from_mapping(void)
{
	char *p = mmap(NULL, 16384, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? 1 : load_unaligned((unsigned long)p + 4096);
}

__attribute__((noinline)) static int go_down(int depth)
{
	volatile char room[1024];

	room[depth & 1023] = 0;
	return depth < 0 ? 0 : go_down(depth + 1) + room[depth & 1023];
}

int main(int argc, char **argv)
{
	void *volatile function = (void *)strlen;

	if (argc == 1)
		return walk_items(&first);
	if (!strcmp(argv[1], "wrongly"))
		return call_wrongly(function);
	if (!strcmp(argv[1], "stack"))
		return load_from_stack(NULL) != NULL;
	if (!strcmp(argv[1], "thread"))
		return load_from_thread();
	if (!strcmp(argv[1], "mapping"))
		return load_from_mapping();
	if (!strcmp(argv[1], "deep"))
		return go_down(0);
	/* unaligned [ADDRESS]: there, or in its own data */
	return load_unaligned(argc > 2 ? strtoul(argv[2], NULL, 0) :
					 (unsigned long)&first);
}
