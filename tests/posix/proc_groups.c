// SPDX-License-Identifier: Apache-2.0
/* Process groups, sessions, pseudo-terminals and job control. */
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include "t.h"

static int master, slave;

/* What comes out of the terminal, up to these words at the end of a line. */
static void show(const char *what, const char *words)
{
	struct pollfd p = { master, POLLIN, 0 };
	char text[400] = "", *found = NULL;
	int n, all = 0, i;

	while (!(found && strchr(found, '\n')) && all < 399 &&
	       poll(&p, 1, 15000) > 0) {
		n = read(master, text + all, sizeof(text) - 1 - all);
		if (n <= 0)
			break;
		all += n;
		text[all] = 0;
		found = strstr(text, words);
	}
	for (i = 0; i < all; i++)
		if (text[i] == '\r' || text[i] == '\n')
			text[i] = '|';
	say("%s: %s", what, text);
}

static void caught(int sig)
{
	if (sig == SIGHUP)
		_exit(3);
	say("caught %d", sig);
}

/* read(), with signals only while it waits. */
static int read_line(char *line, size_t n)
{
	struct pollfd p = { 0, POLLIN, 0 };
	sigset_t none;

	sigemptyset(&none);
	if (ppoll(&p, 1, NULL, &none) < 0)
		return -1;
	return read(0, line, n);
}

/* A session of its own on the terminal. */
static int session(const char *what)
{
	char line[80];
	sigset_t set;
	int fd, n;

	say("setsid works %d", setsid() == getpid());
	fd = open(getenv("TTY"), O_RDWR);
	MUST(fd >= 0);
	dup2(fd, 0);
	dup2(fd, 1);
	on_signal_flags(SIGINT, caught, 0);
	on_signal_flags(SIGHUP, caught, 0);
	on_signal_flags(SIGWINCH, caught, 0);
	say("group %d, session %d", getpgrp() == getpid(), getsid(0) == getpid());
	if (*what == 'b') { /* a job in the background that reads is stopped */
		int status;
		pid_t pid = spawn_self("reader", NULL, NULL);

		waitpid(pid, &status, WUNTRACED);
		say_status("background", status);
		tcsetpgrp(0, pid);
		kill(-pid, SIGCONT);
		waitpid(pid, &status, 0);
		say_status("foreground", status);
		signal(SIGTTOU, SIG_IGN);
		say("tcsetpgrp %d", tcsetpgrp(0, getpgrp()));
		return 2;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	say("foreground %d", tcgetpgrp(0) == getpid());
	while ((n = read_line(line, sizeof(line) - 1)) != 0) {
		if (n < 0 && errno == EIO)
			break;
		if (n < 0) {
			say("waiting: %s", error_name(errno));
			continue;
		}
		line[n - 1] = 0;
		say("line %d: %s", n, line);
	}
	/* A terminal that was hung up is so for the reader before SIGHUP is sent. */
	if (n < 0 || tcgetpgrp(0) < 0)
		pause();
	return 4;
}

static int reader(void)
{
	char line[80];
	int n;

	setpgid(0, 0);
	n = read(0, line, sizeof(line));
	say("reader got %d", n);
	return 1;
}

static void test_terminal(void)
{
	char name[100];
	struct winsize size = { 30, 90, 0, 0 };
	struct termios t;
	pid_t pid;

	master = posix_openpt(O_RDWR | O_NOCTTY);
	MUST(master >= 0 && !grantpt(master) && !unlockpt(master));
	MUST(!ptsname_r(master, name, sizeof(name)));
	setenv("TTY", name, 1);
	slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC); /* no hangup between */
	MUST(slave >= 0);
	fcntl(master, F_SETFD, FD_CLOEXEC);
	pid = spawn_self("session", NULL, NULL);
	show("start", "foreground 1");
	MUST(write(master, "hello\n", 6) == 6);
	show("line", "line 6: hello");
	MUST(write(master, "abc\177d\n", 6) == 6);
	show("erase", "line 4: abd");
	/* ^C is shown when the signal was sent: who gets it may write before. And in the
	 * midst of forgetting its input, poll() may see some, and read() waits then. */
	MUST(!tcgetattr(master, &t));
	t.c_lflag &= ~ECHO;
	t.c_lflag |= NOFLSH;
	MUST(!tcsetattr(master, TCSANOW, &t));
	MUST(write(master, "\3", 1) == 1);
	show("Ctrl-C", "waiting: EINTR");
	MUST(!ioctl(master, TIOCSWINSZ, &size));
	show("size", "waiting: EINTR");
	MUST(write(master, "quiet\n", 6) == 6);
	show("without echo", "line 6: quiet");
	MUST(write(master, "\4", 1) == 1);
	say_status("session", wait_status(pid));
	pid = spawn_self("background", NULL, NULL);
	show("start", "stopped by");
	MUST(write(master, "x\n", 2) == 2);
	show("line", "tcsetpgrp");
	say_status("session", wait_status(pid));
	pid = spawn_self("session", NULL, NULL);
	show("start", "foreground 1");
	close(master);
	say_status("hang up", wait_status(pid));
}

static pid_t spawn_in_group(pid_t group)
{
	char *argv[] = { "self", "pause", NULL };
	posix_spawnattr_t attr;
	pid_t pid;

	posix_spawnattr_init(&attr);
	posix_spawnattr_setpgroup(&attr, group);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP);
	MUST(!posix_spawn(&pid, self_path, NULL, &attr, argv, environ));
	return pid;
}

static void test_groups(void)
{
	pid_t a = spawn_in_group(0), b = spawn_in_group(a);

	IS(getpgid(a) == a && getpgid(b) == a && getpgrp() != a);
	/* exec lets the parent go a moment before the child counts as exec'ed. */
	while (!setpgid(a, 0))
		sleep_ms(1);
	CALL(setpgid(a, 0));
	CALL(setpgid(1 << 23, 0));
	CALL(kill(-a, SIGTERM));
	say_status("a", wait_status(a));
	say_status("b", wait_status(b));
	CALL(kill(-a, SIGTERM));
	CALL(getsid(1 << 23));
	IS(getsid(0) > 0);
}

int main(int argc, char **argv)
{
	SELF(argv);
	if (argc > 1) {
		switch (*argv[1]) {
		case 'r':
			return reader();
		case 'p':
			while (true)
				pause();
		}
		return session(argv[1]);
	}
	test_groups();
	test_terminal();
	return 0;
}
