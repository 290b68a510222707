// SPDX-License-Identifier: Apache-2.0
/* posix_spawn, system, popen. */
#include "t.h"

static pid_t spawn(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attr,
		   const char *mode)
{
	char *argv[] = { "self", (char *)mode, NULL };
	pid_t pid;

	MUST(!posix_spawn(&pid, self_path, actions, attr, argv, environ));
	return pid;
}

static void test_actions(void)
{
	posix_spawn_file_actions_t actions;
	char text[200] = "";
	int fds[2], n, all = 0;
	pid_t pid;

	MUST(!pipe(fds));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addclose(&actions, fds[0]);
	posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
	posix_spawn_file_actions_addclose(&actions, fds[1]);
	posix_spawn_file_actions_addopen(&actions, 7, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addchdir_np(&actions, "/");
	pid = spawn(&actions, NULL, "report");
	close(fds[1]);
	while ((n = read(fds[0], text + all, sizeof(text) - 1 - all)) > 0)
		all += n;
	text[all] = 0;
	close(fds[0]);
	printf("%s", text);
	fflush(stdout);
	say_status("actions", wait_status(pid));
	posix_spawn_file_actions_destroy(&actions);
}

static void test_attributes(void)
{
	posix_spawnattr_t attr;
	sigset_t set = SET_OF(SIGUSR1), usr2 = SET_OF(SIGUSR2), none;
	int status;

	sigemptyset(&none);
	signal(SIGUSR2, SIG_IGN);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &set);
	posix_spawnattr_setsigdefault(&attr, &usr2);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK |
					POSIX_SPAWN_SETSIGDEF |
					POSIX_SPAWN_SETPGROUP);
	status = wait_status(spawn(NULL, &attr, "signals"));
	say_status("with attributes", status);
	posix_spawnattr_destroy(&attr);
	status = wait_status(spawn(NULL, NULL, "signals"));
	say_status("without", status);
	signal(SIGUSR2, SIG_DFL);
}

static void test_errors(void)
{
	char *argv[] = { "x", NULL };
	pid_t pid;

	RET(posix_spawn(&pid, "/does/not/exist", NULL, NULL, argv, environ));
	RET(posix_spawn(&pid, "/", NULL, NULL, argv, environ));
	RET(posix_spawn(&pid, "/etc/passwd", NULL, NULL, argv, environ));
	RET(posix_spawnp(&pid, "no-such-program", NULL, NULL, argv, environ));
	argv[0] = "true";
	RET(posix_spawnp(&pid, "true", NULL, NULL, argv, environ));
	say_status("true", wait_status(pid));
	CALL(waitpid(pid, NULL, 0));
}

static void test_shell(void)
{
	char line[100];
	FILE *f;
	int c;

	say_status("system", system("exit 5"));
	say_status("system", system("kill -TERM $$"));
	VAL(system(NULL) != 0);
	say_status("system", system("echo from the shell; exit 0"));
	say_status("system", system("/does/not/exist 2>/dev/null"));
	f = popen("echo one; echo two; exit 3", "r");
	while (fgets(line, sizeof(line), f))
		printf("popen: %s", line);
	fflush(stdout);
	say_status("pclose", pclose(f));
	f = popen("read a; read b; echo $b $a; exit 4", "w");
	fputs("first\nsecond\n", f);
	say_status("pclose", pclose(f));
	f = popen("i=0; while [ $i -lt 2000 ]; do echo $i; i=$((i+1)); done", "r");
	for (c = 0; fgets(line, sizeof(line), f); c++)
		;
	VAL(c);
	say_status("pclose", pclose(f));
}

static int child(const char *mode)
{
	char dir[100];
	sigset_t now;
	struct sigaction sa;

	if (*mode == 'r') {
		say("cwd %s, fd 7 open %d, fd 20 open %d",
		    getcwd(dir, sizeof(dir)), fcntl(7, F_GETFD) >= 0,
		    fcntl(20, F_GETFD) >= 0);
		return 9;
	}
	sigprocmask(SIG_BLOCK, NULL, &now);
	sigaction(SIGUSR2, NULL, &sa);
	say("USR1 blocked %d, USR2 ignored %d, own group %d",
	    sigismember(&now, SIGUSR1), sa.sa_handler == SIG_IGN,
	    getpgrp() == getpid());
	return 8;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return child(argv[1]);
	SELF(argv);
	fcntl(1, F_DUPFD_CLOEXEC, 20);
	test_actions();
	test_attributes();
	test_errors();
	test_shell();
	return 0;
}
