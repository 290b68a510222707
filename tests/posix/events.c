// SPDX-License-Identifier: Apache-2.0
/* eventfd, epoll, signalfd in it, poll, select, inotify. */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include "t.h"

static void test_eventfd(void)
{
	int fd = eventfd(3, EFD_NONBLOCK), sem;
	uint64_t n = 4;

	CALL(write(fd, &n, 8));
	CALL(read(fd, &n, 8));
	VAL(n);
	CALL(read(fd, &n, 8));
	n = -2;
	CALL(write(fd, &n, 8));
	n = 5;
	CALL(write(fd, &n, 8));
	n = -1;
	CALL(write(fd, &n, 8));
	CALL(write(fd, &n, 4));
	close(fd);
	sem = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
	CALL(read(sem, &n, 8));
	VAL(n);
	CALL(read(sem, &n, 8));
	CALL(read(sem, &n, 8));
	close(sem);
}

static int efd;

static void *writes(void *arg)
{
	uint64_t one = 1;
	int i;

	for (i = 0; i < 500; i++)
		MUST(write(efd, &one, 8) == 8);
	return arg;
}

static void test_blocking(void)
{
	pthread_t t[4];
	uint64_t n, sum = 0;
	int i;

	efd = eventfd(0, 0);
	for (i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, writes, NULL);
	while (sum < 2000) {
		MUST(read(efd, &n, 8) == 8);
		sum += n;
	}
	for (i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	VAL(sum);
}

static void show(int ep, const char *what)
{
	struct epoll_event evs[8];
	int i, n = epoll_wait(ep, evs, 8, 0), seen[4] = { 0 };

	for (i = 0; i < n; i++)
		seen[evs[i].data.u32 & 3] = evs[i].events;
	say("%s: %d events: %x %x %x %x", what, n, seen[0], seen[1], seen[2],
	    seen[3]);
}

static void test_epoll(void)
{
	int ep = epoll_create1(EPOLL_CLOEXEC), a[2], b[2], inner;
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = 0 };
	char c;

	MUST(!pipe(a) && !pipe(b));
	CALL(epoll_ctl(ep, EPOLL_CTL_ADD, a[0], &ev));
	CALL(epoll_ctl(ep, EPOLL_CTL_ADD, a[0], &ev));
	ev = (struct epoll_event){ EPOLLIN | EPOLLET, { .u32 = 1 } };
	CALL(epoll_ctl(ep, EPOLL_CTL_ADD, b[0], &ev));
	ev = (struct epoll_event){ EPOLLOUT | EPOLLONESHOT, { .u32 = 2 } };
	CALL(epoll_ctl(ep, EPOLL_CTL_ADD, a[1], &ev));
	show(ep, "out, once");
	show(ep, "out, again");
	MUST(write(a[1], "x", 1) == 1 && write(b[1], "x", 1) == 1);
	show(ep, "in");
	show(ep, "in, again");
	MUST(write(b[1], "x", 1) == 1);
	show(ep, "in, a new edge");
	MUST(read(a[0], &c, 1) == 1);
	show(ep, "read");
	ev.data.u32 = 3;
	CALL(epoll_ctl(ep, EPOLL_CTL_MOD, a[1], &ev));
	show(ep, "modified");
	close(a[1]);
	show(ep, "hang up");
	CALL(epoll_ctl(ep, EPOLL_CTL_DEL, a[0], NULL));
	CALL(epoll_ctl(ep, EPOLL_CTL_DEL, a[0], NULL));
	show(ep, "deleted");
	inner = epoll_create1(0);
	ev = (struct epoll_event){ EPOLLIN, { .u32 = 3 } };
	CALL(epoll_ctl(ep, EPOLL_CTL_ADD, inner, &ev));
	CALL(epoll_ctl(ep, EPOLL_CTL_ADD, ep, &ev));
	CALL(epoll_ctl(inner, EPOLL_CTL_ADD, b[0], &ev));
	show(ep, "nested");
	CALL(epoll_ctl(ep, EPOLL_CTL_ADD, 99, &ev));
	close(ep);
	close(inner);
}

static void test_signals(void)
{
	sigset_t set = SET_OF(SIGUSR1);
	int ep = epoll_create1(0), fd, i, n = 0;
	struct epoll_event ev = { .events = EPOLLIN };
	struct signalfd_siginfo si;

	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_NONBLOCK);
	MUST(!epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
	for (i = 0; i < 100; i++) {
		kill(getpid(), SIGUSR1);
		n += epoll_wait(ep, &ev, 1, 1000);
		MUST(read(fd, &si, sizeof(si)) == sizeof(si));
	}
	VAL(n);
	CALL(epoll_wait(ep, &ev, 1, 20));
	close(ep);
	close(fd);
}

static void test_poll(void)
{
	int fds[2];
	struct pollfd p[3];
	struct timeval tv = { 0, 10000 };
	fd_set in, out;

	MUST(!pipe(fds));
	p[0] = (struct pollfd){ fds[0], POLLIN, 0 };
	p[1] = (struct pollfd){ fds[1], POLLOUT, 0 };
	p[2] = (struct pollfd){ 99, POLLIN, 0 };
	CALL(poll(p, 3, 0));
	say("%x %x %x", p[0].revents, p[1].revents, p[2].revents);
	MUST(write(fds[1], "x", 1) == 1);
	CALL(poll(p, 2, -1));
	say("%x %x", p[0].revents, p[1].revents);
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(fds[0], &in);
	FD_SET(fds[1], &out);
	CALL(select(fds[1] + 1, &in, &out, NULL, &tv));
	close(fds[1]);
	CALL(poll(p, 1, 0));
	say("%x", p[0].revents);
	FD_ZERO(&in);
	CALL(select(0, &in, NULL, NULL, &tv));
	FD_SET(fds[1], &in);
	CALL(select(fds[1] + 1, &in, NULL, NULL, &tv));
	CALL(poll(NULL, 0, 10));
}

static void test_inotify(void)
{
	char dir[] = "/tmp/posix-events-XXXXXX", path[64], buffer[512];
	struct inotify_event *ev;
	int fd = inotify_init1(IN_NONBLOCK), n, at;

	MUST(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
	IS(inotify_add_watch(fd, dir, IN_CREATE | IN_DELETE | IN_CLOSE_WRITE) > 0);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	unlink(path);
	n = read(fd, buffer, sizeof(buffer));
	for (at = 0; at < n; at += sizeof(*ev) + ev->len) {
		ev = (struct inotify_event *)(buffer + at);
		say("inotify %x %s", ev->mask, ev->name);
	}
	rmdir(dir);
	close(fd);
}

int main(void)
{
	test_eventfd();
	test_blocking();
	test_epoll();
	test_signals();
	test_poll();
	test_inotify();
	return 0;
}
