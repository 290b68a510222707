// SPDX-License-Identifier: Apache-2.0
/* Unix and loopback sockets. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include "t.h"

static int listener;

static void *echoes(void *arg)
{
	char text[4096];
	int n, fd, clients = (intptr_t)arg;

	while (clients--) {
		fd = accept(listener, NULL, NULL);
		MUST(fd >= 0);
		while ((n = recv(fd, text, sizeof(text), 0)) > 0)
			MUST(send(fd, text, n, MSG_NOSIGNAL) == n);
		close(fd);
	}
	return NULL;
}

/* More than fits in the buffers, both ways at once. */
static void *sends(void *arg)
{
	int fd = (intptr_t)arg, i;
	char text[1000];

	for (i = 0; i < 1000; i++) {
		memset(text, i & 127, sizeof(text));
		MUST(send(fd, text, sizeof(text), MSG_NOSIGNAL) == 1000);
	}
	shutdown(fd, SHUT_WR);
	return NULL;
}

static void exchange(int fd)
{
	long all = 0, wrong = 0;
	char text[3000];
	pthread_t t;
	int n, i;

	pthread_create(&t, NULL, sends, (void *)(intptr_t)fd);
	while ((n = recv(fd, text, sizeof(text), 0)) > 0)
		for (i = 0; i < n; i++, all++)
			wrong += text[i] != (all / 1000 & 127);
	pthread_join(t, NULL);
	say("%ld bytes came back, %ld of them wrong", all, wrong);
}

static void test_stream(int family, struct sockaddr *address, socklen_t size)
{
	int i, fd;
	pthread_t t;
	char c;

	listener = socket(family, SOCK_STREAM, 0);
	MUST(listener >= 0);
	CALL(bind(listener, address, size));
	CALL(listen(listener, 5));
	if (family == AF_INET)
		MUST(!getsockname(listener, address, &size));
	pthread_create(&t, NULL, echoes, (void *)5);
	for (i = 0; i < 5; i++) {
		fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		CALL(connect(fd, address, size));
		if (i == 0)
			CALL(connect(fd, address, size));
		if (i < 3)
			exchange(fd);
		close(fd);
	}
	pthread_join(t, NULL);
	close(listener);
	fd = socket(family, SOCK_STREAM, 0);
	CALL(connect(fd, address, size));
	CALL(send(fd, "x", 1, MSG_NOSIGNAL));
	CALL(recv(fd, &c, 1, 0));
	close(fd);
}

static void test_unix(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char dir[] = "/tmp/posix-sockets-XXXXXX";

	MUST(mkdtemp(dir));
	snprintf(un.sun_path, sizeof(un.sun_path), "%s/socket", dir);
	test_stream(AF_UNIX, (struct sockaddr *)&un, sizeof(un));
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	CALL(bind(listener, (struct sockaddr *)&un, sizeof(un)));
	close(listener);
	unlink(un.sun_path);
	rmdir(dir);
	memset(&un.sun_path, 0, sizeof(un.sun_path));
	snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "posix-test-%d", getpid());
	test_stream(AF_UNIX, (struct sockaddr *)&un, sizeof(un));
}

static void test_pair(void)
{
	int fds[2], passed = -1, p[2];
	struct ucred cred;
	socklen_t size = sizeof(cred);
	char c = 'x', control[CMSG_SPACE(sizeof(int))] = "", text[20];
	struct iovec iov = { &c, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;

	MUST(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) && !pipe(p));
	cmsg = CMSG_FIRSTHDR(&msg);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &p[1], sizeof(int));
	CALL(sendmsg(fds[0], &msg, 0));
	close(p[1]);
	memset(control, 0, sizeof(control));
	CALL(recvmsg(fds[1], &msg, 0));
	cmsg = CMSG_FIRSTHDR(&msg);
	MUST(cmsg && cmsg->cmsg_type == SCM_RIGHTS);
	memcpy(&passed, CMSG_DATA(cmsg), sizeof(int));
	CALL(write(passed, "through", 8));
	CALL(read(p[0], text, sizeof(text)));
	say("%s", text);
	CALL(getsockopt(fds[0], SOL_SOCKET, SO_PEERCRED, &cred, &size));
	IS(cred.pid == getpid() && cred.uid == getuid());
	CALL(send(fds[0], "one", 3, 0));
	CALL(send(fds[0], "three", 5, 0));
	CALL(recv(fds[1], text, 2, 0));
	CALL(recv(fds[1], text, sizeof(text), 0));
	close(fds[0]);
	CALL(recv(fds[1], text, sizeof(text), 0));
	signal(SIGPIPE, SIG_IGN);
	CALL(send(fds[1], "x", 1, 0));
	CALL(recv(p[0], text, 1, 0));
}

static void test_udp(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET }, from;
	int one = socket(AF_INET, SOCK_DGRAM, 0), i, n = 0;
	int two = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t size = sizeof(a);
	struct timeval tv = { 0, 50000 };
	char text[100];

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CALL(bind(one, (struct sockaddr *)&a, sizeof(a)));
	getsockname(one, (struct sockaddr *)&a, &size);
	for (i = 0; i < 20; i++)
		n += sendto(two, text, i, 0, (struct sockaddr *)&a, sizeof(a));
	VAL(n);
	for (i = n = 0; i < 20; i++)
		n += recvfrom(one, text, sizeof(text), 0,
			      (struct sockaddr *)&from, &size) == i;
	VAL(n);
	IS(from.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
	CALL(setsockopt(one, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	CALL(recv(one, text, 1, 0));
	CALL(recv(one, text, 1, MSG_DONTWAIT));
}

int main(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	test_unix();
	test_pair();
	say("--- tcp");
	test_stream(AF_INET, (struct sockaddr *)&in, sizeof(in));
	test_udp();
	CALL(socket(AF_UNIX, 99, 0));
	CALL(connect(0, (struct sockaddr *)&in, sizeof(in)));
	return 0;
}
