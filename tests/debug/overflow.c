// SPDX-License-Identifier: Apache-2.0
/* overflow.c: goes down until its stack is used up. */
#include <stdio.h>

__attribute__((noinline)) static int go_down(int depth)
{
	volatile char room[512];

	room[depth % 512] = (char)depth;
	if (depth < 0)
		return 0;
	return go_down(depth + 1) + room[depth % 512];
}

int main(void)
{
	printf("%d\n", go_down(0));
	return 0;
}
