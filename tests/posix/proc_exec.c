// SPDX-License-Identifier: Apache-2.0
/* exec: what stays and what goes, from the main thread and from another one. */
#include <sys/stat.h>
#include <sys/syscall.h>
#include "t.h"

static volatile int ready;

static void *busy(void *arg)
{
	__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	while (*(int *)arg == 0)
		;
	return NULL;
}

static void *paused(void *arg)
{
	(void)arg;
	__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	while (true)
		pause();
	return NULL;
}

static void *execs(void *arg)
{
	char pid[20];
	char *argv[] = { "self", "after", pid, arg, NULL };

	snprintf(pid, sizeof(pid), "%d", getpid());
	while (ready < 4)
		sched_yield();
	execve(self_path, argv, environ);
	say("exec failed: %s", error_name(errno));
	return NULL;
}

static void nothing(int sig)
{
	(void)sig;
}

static int child(int argc, char **argv)
{
	static int never;
	pthread_t t[5];
	sigset_t now;
	struct sigaction sa;

	if (!strcmp(argv[1], "after")) {
		sigprocmask(SIG_BLOCK, NULL, &now);
		say("after exec from %s: same pid %d, main thread %d", argv[3],
		    getpid() == atoi(argv[2]), syscall(SYS_gettid) == getpid());
		say("USR1 blocked %d, TERM ignored %d, HUP default %d, fd 8 %d,"
		    " fd 9 %d",
		    sigismember(&now, SIGUSR1),
		    !sigaction(SIGTERM, NULL, &sa) && sa.sa_handler == SIG_IGN,
		    !sigaction(SIGHUP, NULL, &sa) && sa.sa_handler == SIG_DFL,
		    fcntl(8, F_GETFD) >= 0, fcntl(9, F_GETFD) >= 0);
		return 13;
	}
	(void)argc;
	dup2(1, 8);
	fcntl(1, F_DUPFD_CLOEXEC, 9);
	sigprocmask(SIG_BLOCK, &SET_OF(SIGUSR1), NULL);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, nothing);
	pthread_create(&t[0], NULL, busy, &never);
	pthread_create(&t[1], NULL, busy, &never);
	pthread_create(&t[2], NULL, paused, NULL);
	pthread_create(&t[3], NULL, paused, NULL);
	if (*argv[1] == 'm')
		execs("the main thread");
	pthread_create(&t[4], NULL, execs, "another thread");
	pthread_join(t[4], NULL);
	return 1;
}

static void test_scripts(void)
{
	char path[] = "/tmp/posix-exec-XXXXXX";
	int fd = mkstemp(path);
	char *argv[] = { "x", "argument", NULL };
	pid_t pid;

	MUST(fd >= 0 && dprintf(fd, "#!/bin/sh\necho script $1 $#\nexit 12\n"));
	fchmod(fd, 0755);
	close(fd);
	MUST(!posix_spawn(&pid, path, NULL, NULL, argv, environ));
	say_status("script", wait_status(pid));
	chmod(path, 0644);
	RET(posix_spawn(&pid, path, NULL, NULL, argv, environ));
	unlink(path);
}

int main(int argc, char **argv)
{
	int i;

	SELF(argv);
	if (argc > 1)
		return child(argc, argv);
	for (i = 0; i < 5; i++) {
		say_status("exec", wait_status(spawn_self("main", NULL, NULL)));
		say_status("exec", wait_status(spawn_self("thread", NULL, NULL)));
	}
	test_scripts();
	return 0;
}
