/* SPDX-License-Identifier: Apache-2.0 */
/* A program's own wasm global is memory, no register: what a signal handler and a
 * child by vfork() did to it stays done. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int count(void);
__asm__("	.globaltype counter, i32\n"
	"counter:\n"
	"	.globl count\n"
	"	.type count,@function\n"
	"count:\n"
	"	.functype count () -> (i32)\n"
	"	global.get counter\n"
	"	i32.const 1\n"
	"	i32.add\n"
	"	global.set counter\n"
	"	global.get counter\n"
	"	end_function\n");

static volatile int by_handler;

static void handle(int signal)
{
	(void)signal;
	by_handler = count();
}

int main(void)
{
	int first = count(), status;
	pid_t child;

	signal(SIGUSR1, handle);
	raise(SIGUSR1);
	child = vfork();
	if (!child)
		_exit(count());
	waitpid(child, &status, 0);
	printf("%d %d %d %d\n", first, by_handler, WEXITSTATUS(status), count());
	return 0;
}
