// SPDX-License-Identifier: Apache-2.0
/* What a system call does that a handler interrupted, with and without SA_RESTART. */
#include <linux/futex.h>
#include <mqueue.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include "t.h"

static volatile sig_atomic_t hits, calling;
static int fds[2], restart;
static pthread_t main_thread;
static pid_t child;
static char name[60];
static int file;
static sem_t sem;
static mqd_t queue;
static int listener, word;

static void hit(int sig)
{
	(void)sig;
	hits++;
}

/* A signal while the call waits; if it is restarted, what ends it. */
static void *disturb(void *end)
{
	while (!calling)
		sched_yield();
	await_sleep(getpid(), getpid());
	pthread_kill(main_thread, SIGUSR1);
	if (restart) {
		while (!hits)
			sched_yield();
		await_sleep(getpid(), getpid());
		((void (*)(void))end)();
	}
	return NULL;
}

#define TRY(end, call)                                                        \
	do {                                                                  \
		pthread_t thread;                                             \
		hits = calling = 0;                                           \
		MUST(!pthread_create(&thread, NULL, disturb, end));           \
		calling = 1;                                                  \
		REPORT(#call, call);                                          \
		pthread_join(thread, NULL);                                   \
		VAL(hits);                                                    \
	} while (0)

/* A file that was opened: 0, so that no number of it is printed. */
static int opened(int fd)
{
	return fd < 0 ? -1 : close(fd);
}

static void end_read(void)
{
	MUST(write(fds[1], "x", 1) == 1);
}

static void end_write(void)
{
	char bytes[4096];

	MUST(read(fds[0], bytes, sizeof(bytes)) == sizeof(bytes));
}

static void close_both(void)
{
	close(fds[0]);
	close(fds[1]);
}

static void try_pipe(void)
{
	static char page[4096];
	char c;

	MUST(!pipe(fds));
	TRY(end_read, read(fds[0], &c, 1));
	MUST(!fcntl(fds[1], F_SETFL, O_NONBLOCK));
	while (write(fds[1], page, sizeof(page)) > 0)
		;
	MUST(!fcntl(fds[1], F_SETFL, 0));
	TRY(end_write, write(fds[1], page, 1));
	close_both();
}

static void end_accept(void)
{
	struct sockaddr_storage to;
	socklen_t size = sizeof(to);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	MUST(!getsockname(listener, (struct sockaddr *)&to, &size));
	MUST(!connect(fd, (struct sockaddr *)&to, size));
	close(fd);
}

static void try_socket(void)
{
	struct sockaddr any = { .sa_family = AF_UNIX };
	char c;

	MUST(!socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	TRY(end_read, recv(fds[0], &c, 1, 0));
	close_both();
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	MUST(!bind(listener, &any, sizeof(any.sa_family)));
	MUST(!listen(listener, 1));
	TRY(end_accept, opened(accept(listener, NULL, NULL)));
	close(listener);
}

static void end_fifo(void)
{
	int fd = open(name, O_WRONLY | O_NONBLOCK);

	MUST(fd >= 0);
	close(fd);
}

static void try_fifo(void)
{
	snprintf(name, sizeof(name), "/tmp/sig_restart.%d", getpid());
	MUST(!mkfifo(name, 0600));
	TRY(end_fifo, opened(open(name, O_RDONLY)));
	unlink(name);
}

static void end_flock(void)
{
	MUST(!flock(file, LOCK_UN));
}

static void end_child(void)
{
	kill(child, SIGTERM);
}

/* A process has its own locks of fcntl(), all of them: another holds this one. */
static int lock(const char *path)
{
	struct flock all = { .l_type = F_WRLCK };

	if (fcntl(open(path, O_RDWR), F_SETLK, &all))
		return 1;
	say("the child has it");
	while (true)
		pause();
}

static void try_locks(void)
{
	struct flock all = { .l_type = F_WRLCK };
	struct flock now;
	int other;

	strcpy(name, "/tmp/sig_restart.XXXXXX");
	file = mkstemp(name);
	other = open(name, O_RDWR);
	MUST(file >= 0 && other >= 0);
	MUST(!flock(file, LOCK_EX));
	TRY(end_flock, flock(other, LOCK_EX));
	child = spawn_self("lock", name, NULL);
	do {
		now = all;
		MUST(!fcntl(file, F_GETLK, &now));
	} while (now.l_type == F_UNLCK && !sched_yield());
	await_sleep(child, child);
	TRY(end_child, fcntl(file, F_SETLKW, &all));
	end_child();
	say_status("child", wait_status(child));
	close(file);
	close(other);
	unlink(name);
}

static void end_sem(void)
{
	sem_post(&sem);
}

static void end_mq(void)
{
	MUST(!mq_send(queue, "hello", 6, 0));
}

static void end_futex(void)
{
	while (syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0) != 1)
		sched_yield();
}

static void try_ipc(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 32 };
	char text[32];

	MUST(!sem_init(&sem, 0, 0));
	TRY(end_sem, sem_wait(&sem));
	snprintf(name, sizeof(name), "/sig_restart.%d", getpid());
	queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attr);
	MUST(queue >= 0);
	mq_unlink(name);
	TRY(end_mq, mq_receive(queue, text, sizeof(text), NULL));
	mq_close(queue);
	TRY(end_futex,
	    syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0));
}

static void try_wait(void)
{
	int status;

	child = spawn_self("pause", NULL, NULL);
	TRY(end_child, waitpid(child, &status, 0) == child ? 0 : -1);
	if (!restart) {
		end_child();
		status = wait_status(child);
	}
	say_status("child", status);
}

/* These are restarted if asked for. */
static void test_restartable(void)
{
	for (restart = 0; restart < 2; restart++) {
		say("--- restart %d", restart);
		on_signal_flags(SIGUSR1, hit, restart ? SA_RESTART : 0);
		try_pipe();
		try_socket();
		try_fifo();
		try_locks();
		try_ipc();
		try_wait();
	}
}

/* These never are. */
static void test_never(void)
{
	struct pollfd p;
	struct timespec ts = { 500, 0 }, left;
	struct timeval tv = { 500, 0 };
	struct epoll_event ev = { .events = EPOLLIN };
	struct sembuf down = { 0, -1, 0 };
	struct { long type; char text[8]; } m;
	sigset_t none, usr1 = SET_OF(SIGUSR2);
	fd_set set;
	int ep, sems, msgs;

	say("--- never restarted");
	MUST(!pipe(fds));
	ep = epoll_create1(0);
	epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &ev);
	sems = semget(IPC_PRIVATE, 1, 0600);
	msgs = msgget(IPC_PRIVATE, 0600);
	MUST(sems >= 0 && msgs >= 0);
	restart = 0;
	on_signal_flags(SIGUSR1, hit, SA_RESTART);
	p = (struct pollfd){ fds[0], POLLIN, 0 };
	TRY(NULL, poll(&p, 1, 500000));
	FD_ZERO(&set);
	FD_SET(fds[0], &set);
	TRY(NULL, select(fds[0] + 1, &set, NULL, NULL, &tv));
	TRY(NULL, epoll_wait(ep, &ev, 1, 500000));
	TRY(NULL, pause());
	sigemptyset(&none);
	TRY(NULL, sigsuspend(&none));
	TRY(NULL, nanosleep(&ts, &left));
	IS(left.tv_sec >= 100 && left.tv_sec <= 500);
	TRY(NULL, semop(sems, &down, 1));
	TRY(NULL, msgrcv(msgs, &m, sizeof(m.text), 0, 0));
	/* Whether sigtimedwait() is interrupted is left to the C library. */
	ts = (struct timespec){ 0, 100 };
	CALL(sigtimedwait(&usr1, NULL, &ts));
	semctl(sems, 0, IPC_RMID);
	msgctl(msgs, IPC_RMID, NULL);
	close_both();
	close(ep);
}

/* A handler may come while a system call is about to sleep: none gets lost. */
static void test_sigsuspend_loop(void)
{
	sigset_t usr1 = SET_OF(SIGUSR1), none;
	int i;

	sigemptyset(&none);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	on_signal_flags(SIGUSR1, hit, 0);
	hits = 0;
	for (i = 0; i < 1000; i++) {
		kill(getpid(), SIGUSR1);
		sigsuspend(&none);
		if (hits != i + 1)
			break;
	}
	VAL(hits);
	sigprocmask(SIG_UNBLOCK, &usr1, NULL);
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		if (*argv[1] == 'l')
			return lock(argv[2]);
		while (true)
			pause();
	}
	SELF(argv);
	main_thread = pthread_self();
	test_restartable();
	test_never();
	test_sigsuspend_loop();
	return 0;
}
