/* SPDX-License-Identifier: Apache-2.0 */
/* fork() fails with ENOSYS, in every form; what is made from vfork() works. */
#define _GNU_SOURCE
#include <errno.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void check(const char *what, long result)
{
	if (!result)
		_exit(1); /* a child that should not be */
	printf("%s: %s\n", what, result < 0 ? strerror(errno) : "a child");
	fflush(stdout);
}

int main(void)
{
	char line[40] = "";
	FILE *file;
	int master;

	check("fork", fork());
	check("forkpty", forkpty(&master, NULL, NULL, NULL));
	check("daemon", daemon(1, 1) ? -1 : 1);
	check("clone", syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
	printf("system: %d\n", WEXITSTATUS(system("exit 7")));
	file = popen("echo from popen", "r");
	if (!file || !fgets(line, sizeof(line), file))
		return 2;
	printf("%sstatus %d\n", line, pclose(file));
	return 0;
}
