// SPDX-License-Identifier: Apache-2.0
/* Limits of resources: processor time, file size, open files, and who inherits them. */
#include <sys/resource.h>
#include "t.h"

static volatile sig_atomic_t last, code;

static void note(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	last = sig;
	code = si->si_code;
}

static void limit(int what, rlim_t soft, rlim_t hard)
{
	MUST(!setrlimit(what, &(struct rlimit){ soft, hard }));
}

static void say_limit(const char *text, int what)
{
	struct rlimit is;

	MUST(!getrlimit(what, &is));
	say("%s: %ld, %ld", text, (long)is.rlim_cur, (long)is.rlim_max);
}

/* A program that makes no system call is told, and then killed. */
static _Noreturn void spin(bool told)
{
	volatile unsigned long n = 0;

	limit(RLIMIT_CPU, 1, 2);
	if (told) {
		on_signal_info(SIGXCPU, note, 0);
		while (!last)
			n++;
		say("told by %d", last);
	}
	while (true)
		n++;
}

static void test_cpu(void)
{
	say_status("not told", wait_status(spawn_self("spin", NULL, NULL)));
	say_status("told", wait_status(spawn_self("told", NULL, NULL)));
}

/* Nothing is said below the limit: what it is said to may be a file. */
static void test_file_size(void)
{
	char name[] = "/tmp/rlimits.XXXXXX", bytes[100] = "";
	int fd = mkstemp(name), first, second, third, error, told;

	MUST(fd >= 0);
	unlink(name);
	on_signal_info(SIGXFSZ, note, 0);
	last = 0;
	limit(RLIMIT_FSIZE, 150, 1 << 20);
	first = write(fd, bytes, 100);
	second = write(fd, bytes, 100);
	told = last;
	third = write(fd, bytes, 100);
	error = errno;
	limit(RLIMIT_FSIZE, 1 << 20, 1 << 20);
	say("%d, %d, told %d, %d %s, told %d, code %d", first, second, told, third,
	    error_name(error), last, code);
	last = 0;
	CALL(ftruncate(fd, (1 << 20) + 1));
	VAL(last);
	CALL(ftruncate(fd, 1 << 20));
	CALL(pwrite(fd, bytes, 10, 0));
	close(fd);
}

static void test_files(void)
{
	struct rlimit before;
	int fds[40], n, i;

	MUST(!getrlimit(RLIMIT_NOFILE, &before));
	limit(RLIMIT_NOFILE, 20, before.rlim_max);
	for (n = 0; n < 40; n++) {
		fds[n] = dup(0);
		if (fds[n] < 0)
			break;
	}
	say("the highest is %d, then %s", fds[n - 1], error_name(errno));
	CALL(dup2(0, 20));
	CALL(fcntl(0, F_DUPFD, 20));
	for (i = 0; i < n; i++)
		close(fds[i]);
	limit(RLIMIT_NOFILE, before.rlim_cur, before.rlim_max);
}

/* Limits go on to threads of the process and to what it executes. */
static void *thread(void *arg)
{
	say_limit("in a thread", RLIMIT_CORE);
	return arg;
}

static void test_inheritance(void)
{
	struct rlimit old;
	pthread_t t;

	limit(RLIMIT_CORE, 4096, 8192);
	pthread_create(&t, NULL, thread, NULL);
	pthread_join(t, NULL);
	wait_status(spawn_self("limits", NULL, NULL));
	CALL(setrlimit(RLIMIT_CORE, &(struct rlimit){ 8193, 8192 }));
	CALL(setrlimit(1000, &(struct rlimit){ 0, 0 }));
	MUST(!prlimit(0, RLIMIT_CORE, &(struct rlimit){ 0, 8192 }, &old));
	say("before: %ld, %ld", (long)old.rlim_cur, (long)old.rlim_max);
	say_limit("after", RLIMIT_CORE);
}

int main(int argc, char **argv)
{
	SELF(argv);
	if (argc > 1) {
		if (*argv[1] != 'l')
			spin(*argv[1] == 't');
		say_limit("in a child", RLIMIT_CORE);
		return 0;
	}
	test_cpu();
	test_file_size();
	test_files();
	test_inheritance();
	return 0;
}
