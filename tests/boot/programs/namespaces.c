/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces of each kind: what is in one is not seen from another. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY 4711

static char stack[65536] __attribute__((aligned(16)));
static volatile int inner_pid;

static void must(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}
#define MUST(expr) must((expr), #expr)

static int uts(void *arg)
{
	char name[64] = "";

	MUST(!sethostname("inner", 5));
	MUST(!gethostname(name, sizeof(name)));
	printf("uts: %s\n", name);
	return *(int *)arg;
}

static int ipc(void *arg)
{
	int id = msgget(KEY, 0);

	printf("ipc: %s\n", id < 0 ? strerror(errno) : "the outer one's");
	return *(int *)arg;
}

/* There is a loopback only, and it is down. */
static int net(void *arg)
{
	struct if_nameindex *is = if_nameindex(), *i;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq req = { .ifr_name = "lo" };

	MUST(is && fd >= 0);
	printf("net:");
	for (i = is; i->if_name; i++)
		printf(" %s", i->if_name);
	if_freenameindex(is);
	MUST(!ioctl(fd, SIOCGIFFLAGS, &req));
	printf(" is %s\n", req.ifr_flags & IFF_UP ? "up" : "down");
	close(fd);
	return *(int *)arg;
}

static int sleeps(void *arg)
{
	(void)arg;
	while (1)
		pause();
}

/* When the first of them ends the others are killed: a pipe tells. */
static int pid(void *arg)
{
	static char others[16384] __attribute__((aligned(16)));

	printf("pid: %d", getpid());
	inner_pid = clone(sleeps, others + sizeof(others), CLONE_VM | SIGCHLD,
			  NULL);
	printf(", its child %d, its parent %d\n", inner_pid, getppid());
	fflush(stdout);
	return *(int *)arg;
}

static int user(void *arg)
{
	int fd;

	printf("user: %d", getuid() == 65534);
	fd = open("/proc/self/uid_map", O_WRONLY);
	MUST(fd >= 0 && write(fd, "7 0 1", 5) == 5);
	close(fd);
	printf(", then %d\n", getuid());
	printf("user: %s\n", sethostname("x", 1) ? strerror(errno) : "renamed");
	return *(int *)arg;
}

static void run(int (*function)(void *), int flag)
{
	int wanted = 5, status;
	pid_t child;

	fflush(stdout);
	child = clone(function, stack + sizeof(stack),
		      flag | CLONE_VM | CLONE_VFORK | SIGCHLD, &wanted);
	MUST(child > 0);
	MUST(waitpid(child, &status, 0) == child);
	if (status != wanted << 8)
		printf("status %x\n", status);
}

int main(void)
{
	int pipes[2], id = msgget(KEY, IPC_CREAT | 0600);
	char byte;

	MUST(id >= 0);
	run(uts, CLONE_NEWUTS);
	run(ipc, CLONE_NEWIPC);
	MUST(!msgctl(id, IPC_RMID, NULL));
	run(net, CLONE_NEWNET);
	run(user, CLONE_NEWUSER);
	MUST(!pipe(pipes));
	run(pid, CLONE_NEWPID);
	close(pipes[1]);
	printf("the child is gone: %d\n", read(pipes[0], &byte, 1) == 0);
	printf("pid: %s\n", unshare(CLONE_NEWPID) ? strerror(errno) : "unshared");
	return 0;
}
