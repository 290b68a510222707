// SPDX-License-Identifier: Apache-2.0
/* clone() with CLONE_VM: what each flag shares, tells, and forbids. */
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include "t.h"

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif
#define FD 50
#define WAIT_ALL 0x40000000 /* __WALL */

static char stack[65536] __attribute__((aligned(16)));
static volatile int ran, child_pid, child_tid, child_parent;
static volatile pid_t parent_place, child_place;

static void handler(int sig)
{
	(void)sig;
}

/* Changes one thing of each kind; memory is always one. */
static int changes(void *arg)
{
	ran++;
	MUST(!chdir("/"));
	umask(077);
	MUST(dup2(1, FD) == FD);
	on_signal_flags(SIGUSR2, handler, 0);
	return (intptr_t)arg;
}

static int looks(void *arg)
{
	ran++;
	child_pid = getpid();
	child_tid = syscall(SYS_gettid);
	child_parent = getppid();
	return (intptr_t)arg;
}

static pid_t start(int (*run)(void *), int flags, int status, void *ptid)
{
	ran = 0;
	return clone(run, stack + sizeof(stack), flags,
		     (void *)(intptr_t)status, ptid, NULL, &child_place);
}

static void say_what_changed(const char *what)
{
	char folder[PATH_MAX];
	struct sigaction sa;
	mode_t mask = umask(022);

	MUST(getcwd(folder, sizeof(folder)));
	MUST(!sigaction(SIGUSR2, NULL, &sa));
	say("%s: ran %d, folder %d, mask %d, file %d, handler %d", what, ran,
	    !strcmp(folder, "/"), mask == 077, fcntl(FD, F_GETFD) >= 0,
	    sa.sa_handler == handler);
	signal(SIGUSR2, SIG_DFL);
	close(FD);
	MUST(!chdir("/tmp"));
}

/* What can be shared, each alone and with others, with and without vfork. */
static void test_shared(void)
{
	static const struct {
		int flag;
		const char *name;
	} flags[] = {
		{ CLONE_FS, "fs " },
		{ CLONE_FILES, "files " },
		{ CLONE_SIGHAND, "sighand " },
		{ CLONE_VFORK, "vfork " },
		{ CLONE_IO | CLONE_SYSVSEM, "io sysvsem " },
	};
	unsigned int set, i;
	char name[64];
	int wanted;
	pid_t pid;

	umask(022);
	MUST(!chdir("/tmp"));
	for (set = 0; set < 1 << ARRAY_SIZE(flags); set++) {
		wanted = CLONE_VM | SIGCHLD;
		*name = 0;
		for (i = 0; i < ARRAY_SIZE(flags); i++)
			if (set & 1 << i) {
				wanted |= flags[i].flag;
				strcat(name, flags[i].name);
			}
		pid = start(changes, wanted, set, NULL);
		MUST(pid > 0);
		say_status(name, wait_status(pid));
		say_what_changed(name);
	}
}

static void test_ids(void)
{
	pid_t pid;

	pid = start(looks,
		    CLONE_VM | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID |
			    SIGCHLD,
		    1, (void *)&parent_place);
	say_status("set", wait_status(pid));
	say("own %d, parent %d, told parent %d, told child %d",
	    child_pid == pid && child_tid == pid, child_parent == getpid(),
	    parent_place == pid, child_place == pid);
	pid = start(looks,
		    CLONE_VM | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID |
			    SIGCHLD,
		    2, NULL);
	say_status("clear", wait_status(pid));
	VAL(child_place);
}

static void test_pidfd(void)
{
	int fd = -1, fd_flags;
	siginfo_t info = { 0 };
	struct pollfd p;
	pid_t pid;

	pid = start(looks, CLONE_VM | CLONE_PIDFD | SIGCHLD, 3, &fd);
	MUST(pid > 0 && fd > 2);
	fd_flags = fcntl(fd, F_GETFD);
	p = (struct pollfd){ .fd = fd, .events = POLLIN };
	say("pidfd: closes on exec %d, poll %d", fd_flags == FD_CLOEXEC,
	    poll(&p, 1, -1));
	MUST(!waitid(3 /* P_PIDFD */, fd, &info, WEXITED));
	say("it was %d, status %d", info.si_pid == pid, info.si_status);
	close(fd);
	CALL(start(looks,
		   CLONE_VM | CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, 4,
		   &fd));
}

/* What tells the parent of the end, and who is waited for without __WALL. */
static void test_exit_signal(void)
{
	static const int signals[] = { 0, SIGUSR1, SIGCHLD };
	unsigned int i;
	pid_t pid;
	int status, got;

	sigprocmask(SIG_BLOCK, &SET_OF(SIGUSR1, SIGCHLD), NULL);
	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		pid = start(looks, CLONE_VM | CLONE_VFORK | signals[i], 5,
			    NULL);
		errno = 0;
		got = waitpid(pid, &status, 0);
		say("signal %d: waited %d %s", signals[i], got == pid,
		    error_name(got == pid ? 0 : errno));
		if (got != pid)
			say("with __WALL %d",
			    waitpid(pid, &status, WAIT_ALL) == pid);
		say_status("end", status);
		while ((got = sigtimedwait(&SET_OF(SIGUSR1, SIGCHLD), NULL,
					   &(struct timespec){ 0, 0 })) > 0)
			say("told by %d", got);
	}
	sigprocmask(SIG_UNBLOCK, &SET_OF(SIGUSR1, SIGCHLD), NULL);
}

static void test_thread(void)
{
	int tid, now;

	child_place = 1;
	tid = start(looks,
		    CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			    CLONE_THREAD | CLONE_SYSVSEM | CLONE_CHILD_CLEARTID,
		    0, NULL);
	MUST(tid > 0);
	while ((now = child_place))
		syscall(SYS_futex, &child_place, FUTEX_WAIT, now, NULL, NULL,
			0);
	say("thread: ran %d, same process %d, own id %d, no child %d", ran,
	    child_pid == getpid(), child_tid == tid && tid != getpid(),
	    waitpid(tid, NULL, WAIT_ALL) == -1 && errno == ECHILD);
}

/* The child of a child that it is to be the sibling of. */
static void test_parent(void)
{
	int i, status, sum = 0;

	spawn_self("sibling", NULL, NULL);
	for (i = 0; i < 2; i++) {
		MUST(waitpid(-1, &status, 0) > 0);
		sum += WEXITSTATUS(status);
	}
	VAL(sum);
	CALL(waitpid(-1, &status, 0));
}

static int sibling(void)
{
	int flags = CLONE_VM | CLONE_VFORK | CLONE_PARENT | SIGCHLD;
	pid_t pid = start(looks, flags, 6, NULL);

	MUST(pid > 0);
	if (child_parent != getppid() || waitpid(pid, NULL, 0) != -1)
		return 90;
	return 10;
}

static void test_forbidden(void)
{
	CALL(clone(looks, NULL, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL));
	CALL(clone(NULL, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL));
	CALL(start(looks, CLONE_VM | CLONE_THREAD | SIGCHLD, 0, NULL));
	CALL(start(looks, CLONE_VM | CLONE_FS | CLONE_NEWNS | SIGCHLD, 0,
		   NULL));
	CALL(start(looks,
		   CLONE_VM | CLONE_NEWPID | CLONE_SIGHAND | CLONE_THREAD, 0,
		   NULL));
	VAL(ran);
}

int main(int argc, char **argv)
{
	SELF(argv);
	if (argc > 1)
		return sibling();
	test_shared();
	test_ids();
	test_pidfd();
	test_exit_signal();
	test_thread();
	test_parent();
	test_forbidden();
	return 0;
}
