/* SPDX-License-Identifier: MIT */
/*
 * main_void.c: the compiler gives main() a name by its parameters; a program
 * without int main(void) gets this one.
 */
#include <features.h>

extern hidden int __main_argc;
extern hidden char **__main_argv;

int __main_argc_argv(int, char **);

int __main_void(void)
{
	return __main_argc_argv(__main_argc, __main_argv);
}
