// SPDX-License-Identifier: Apache-2.0
/* What a system call does that a handler interrupted, with and without SA_RESTART. */
#include <mqueue.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include "t.h"

static volatile sig_atomic_t hits;
static int fds[2], restart;
static pthread_t main_thread;

static void hit(int sig)
{
	(void)sig;
	hits++;
}

/* First a signal, then what ends the call if it was restarted. */
static void *disturb(void *arg)
{
	sem_t *sem = arg;

	sleep_ms(60);
	pthread_kill(main_thread, SIGUSR1);
	if (restart) {
		sleep_ms(60);
		if (sem)
			sem_post(sem);
		else
			MUST(write(fds[1], "x", 1) == 1);
	}
	return NULL;
}

#define TRY(sem, call)                                                        \
	do {                                                                  \
		pthread_t thread;                                             \
		hits = 0;                                                     \
		pthread_create(&thread, NULL, disturb, sem);                  \
		REPORT(#call, call);                                             \
		pthread_join(thread, NULL);                                   \
		VAL(hits);                                                    \
	} while (0)

static void drain(void)
{
	char c[8];

	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	while (read(fds[0], c, sizeof(c)) > 0)
		;
	fcntl(fds[0], F_SETFL, 0);
}

/* These are restarted if asked for. */
static void test_restartable(void)
{
	char c = 0;

	for (restart = 0; restart < 2; restart++) {
		say("--- restart %d", restart);
		on_signal_flags(SIGUSR1, hit, restart ? SA_RESTART : 0);
		MUST(!pipe(fds));
		TRY(NULL, read(fds[0], &c, 1));
		close(fds[0]);
		close(fds[1]);
		MUST(!socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
		TRY(NULL, recv(fds[0], &c, 1, 0));
		close(fds[0]);
		close(fds[1]);
	}
}

/* These never are. */
static void test_never(void)
{
	struct pollfd p;
	struct timespec ts = { 5, 0 }, left;
	struct timeval tv = { 5, 0 };
	struct epoll_event ev = { .events = EPOLLIN };
	sigset_t none, usr1 = SET_OF(SIGUSR2);
	fd_set set;
	int ep;

	say("--- never restarted");
	MUST(!pipe(fds));
	ep = epoll_create1(0);
	epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &ev);
	restart = 0;
	on_signal_flags(SIGUSR1, hit, SA_RESTART);
	p = (struct pollfd){ fds[0], POLLIN, 0 };
	TRY(NULL, poll(&p, 1, 5000));
	FD_ZERO(&set);
	FD_SET(fds[0], &set);
	TRY(NULL, select(fds[0] + 1, &set, NULL, NULL, &tv));
	TRY(NULL, epoll_wait(ep, &ev, 1, 5000));
	TRY(NULL, pause());
	sigemptyset(&none);
	TRY(NULL, sigsuspend(&none));
	TRY(NULL, nanosleep(&ts, &left));
	IS(left.tv_sec == 4 && left.tv_nsec > 500000000);
	/* Whether sigtimedwait() is interrupted is left to the C library. */
	ts = (struct timespec){ 0, 100 };
	CALL(sigtimedwait(&usr1, NULL, &ts));
	drain();
	close(ep);
}

static void test_wait(void)
{
	pid_t pid;
	int status;

	for (restart = 0; restart < 2; restart++) {
		say("--- waitpid, restart %d", restart);
		on_signal_flags(SIGUSR1, hit, restart ? SA_RESTART : 0);
		pid = spawn_self("sleep", NULL, NULL);
		TRY(NULL, restart ? waitpid(pid, &status, 0) == pid :
				    waitpid(pid, &status, 0));
		if (!restart)
			waitpid(pid, &status, 0);
		say_status("child", status);
	}
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
		sleep_ms(400);
		return 7;
	}
	SELF(argv);
	main_thread = pthread_self();
	test_restartable();
	test_never();
	test_wait();
	test_sigsuspend_loop();
	return 0;
}
