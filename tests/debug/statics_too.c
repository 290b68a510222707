// SPDX-License-Identifier: Apache-2.0
/* statics_too.c: the other file of statics.c, which has other variables of the same names. */
#include "statics.h"

static volatile char table[8] = "another";
static volatile long state = 99;
int optind = 33;

__attribute__((noinline)) void look_here(int number)
{
	state = state + (number > 1000000);
}

__attribute__((noinline)) void look_at(const void *task, const void *option)
{
	__asm__ volatile("" : : "r"(task), "r"(option) : "memory");
}

__attribute__((noinline)) int elsewhere(int number)
{
	table[0] = 'A';
	look_here(number);
	return table[0] + (int)state + optind;
}
