// SPDX-License-Identifier: Apache-2.0
/* Limits of resources: processor time, file size, open files, what is kept for one
 * user, priorities; and who inherits them. */
#include <mqueue.h>
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

/* Nothing may be kept for the user: no signal with a value, no message. */
static void test_pending(void)
{
	struct sigevent ev = { .sigev_signo = SIGUSR1 };
	sigset_t set = SET_OF(SIGUSR1, SIGRTMIN);
	struct rlimit before;
	siginfo_t info;
	timer_t timer;

	MUST(!getrlimit(RLIMIT_SIGPENDING, &before));
	sigprocmask(SIG_BLOCK, &set, NULL);
	limit(RLIMIT_SIGPENDING, 0, before.rlim_max);
	CALL(sigqueue(getpid(), SIGRTMIN, (union sigval){ 5 }));
	CALL(timer_create(CLOCK_MONOTONIC, &ev, &timer));
	/* What kill() says is kept in spite of the limit. */
	CALL(kill(getpid(), SIGUSR1));
	CALL(sigwaitinfo(&set, &info) == SIGUSR1);
	IS(info.si_pid == getpid());
	limit(RLIMIT_SIGPENDING, before.rlim_cur, before.rlim_max);
	CALL(sigqueue(getpid(), SIGRTMIN, (union sigval){ 5 }));
	CALL(sigwaitinfo(&set, &info) == SIGRTMIN);
	VAL(info.si_value.sival_int);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static int queue_opens(void)
{
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = 32 };
	char name[40];
	mqd_t queue;

	snprintf(name, sizeof(name), "/rlimits.%d", getpid());
	queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attr);
	if (queue == (mqd_t)-1)
		return -1;
	mq_unlink(name);
	return mq_close(queue);
}

static void test_queues(void)
{
	struct rlimit before;

	MUST(!getrlimit(RLIMIT_MSGQUEUE, &before));
	limit(RLIMIT_MSGQUEUE, 0, before.rlim_max);
	CALL(queue_opens());
	limit(RLIMIT_MSGQUEUE, before.rlim_cur, before.rlim_max);
	CALL(queue_opens());
}

static void *nothing(void *arg)
{
	return arg;
}

/* What root may in spite of them. */
static int test_as_user(void)
{
	struct sched_param fifo = { .sched_priority = 1 };
	pthread_t t;

	MUST(geteuid() || !setuid(54321));
	RET(pthread_create(&t, NULL, nothing, NULL));
	pthread_join(t, NULL);
	limit(RLIMIT_NPROC, 0, 0);
	RET(pthread_create(&t, NULL, nothing, NULL));
	CALL(setrlimit(RLIMIT_NPROC, &(struct rlimit){ 0, 10 }));
	limit(RLIMIT_RTPRIO, 0, 0);
	RET(pthread_setschedparam(pthread_self(), SCHED_FIFO, &fifo));
	limit(RLIMIT_NICE, 0, 0);
	CALL(setpriority(PRIO_PROCESS, 0, 5));
	CALL(setpriority(PRIO_PROCESS, 0, 0));
	VAL(getpriority(PRIO_PROCESS, 0));
	return 0;
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
		if (*argv[1] == 'u')
			return test_as_user();
		if (*argv[1] != 'l')
			spin(*argv[1] == 't');
		say_limit("in a child", RLIMIT_CORE);
		return 0;
	}
	test_cpu();
	test_file_size();
	test_files();
	test_pending();
	test_queues();
	say_status("a user", wait_status(spawn_self("user", NULL, NULL)));
	test_inheritance();
	return 0;
}
