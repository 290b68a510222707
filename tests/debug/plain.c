// SPDX-License-Identifier: Apache-2.0
/* plain.c: is compiled without optimisation, so that all of its variables are in memory. */
#include <string.h>
#include <unistd.h>

struct node {
	int value;
	struct node *next;
	const char *name;
};
typedef struct {
	int x, y;
	struct node *owner;
} point_t;
typedef unsigned char level_t;
typedef int (*change_t)(int);
enum color { RED, GREEN = 7, BLUE };

struct hooks {
	change_t change;
	void (*none)(void);
};

static int twice(int number)
{
	return 2 * number;
}

__attribute__((noinline)) void stop_here(int *found)
{
	*found += 1;
}

static point_t *walk(struct node *head, char **names, point_t *where, change_t change)
{
	struct node *at = head, **link = &at;
	struct node table[3] = { { 10, head, "ten" }, { 20, NULL, "twenty" } };
	struct node *list[2] = { head, table + 1 };
	int grid[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };
	enum color paint = GREEN;
	point_t here = *where;
	void *any = &here;
	level_t level = 3;
	const char *odd = "\377!"; /* is no UTF-8 */
	struct hooks hooks = { change, NULL };
	change_t *hook = &hooks.change;
	int sum = 0;

	for (; at; at = at->next)
		sum += (*hook)(at->value) + level + grid[1][2] + (paint == BLUE) + !odd;
	at = list[1];
	here.x = (int)strlen(names[1]) + (*link)->value + !any;
	stop_here(&sum);
	return where;
}

int main(int argc, char **argv)
{
	struct node second = { 2, NULL, "second" }, first = { 1, &second, "first" };
	char *names[] = { "uno", "due" };
	point_t point = { 3, 4, &second };

	(void)argv;
	while (walk(&first, names, &point, twice)->x == 3 && argc)
		usleep(1000);
	return 0;
}
