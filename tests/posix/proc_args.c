// SPDX-License-Identifier: Apache-2.0
/* exec with as many arguments as fit. */
#include "t.h"

#define MOST 100000

static char *args[MOST + 2];

static void try_exec(int n)
{
	pid_t pid;
	int i;

	for (i = 1; i <= n; i++)
		args[i] = i == n ? "z" : "";
	args[n + 1] = NULL;
	pid = vfork();
	if (!pid) {
		execve(self_path, args, environ);
		_exit(9);
	}
	say_status("the program", wait_status(pid));
}

int main(int argc, char **argv)
{
	long sum = 0;
	int i;

	if (argc > 1) {
		for (i = 1; i < argc; i++)
			sum += argv[i][0];
		say("%d arguments, the last one is %s, sum %ld", argc - 1,
		    argv[argc - 1], sum);
		return 0;
	}
	SELF(argv);
	args[0] = "self";
	try_exec(1);
	try_exec(3000);
	try_exec(MOST);
	return 0;
}
