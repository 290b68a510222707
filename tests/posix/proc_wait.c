// SPDX-License-Identifier: Apache-2.0
/* What a parent learns of its children. */
#include <sys/prctl.h>
#include <sys/resource.h>
#include "t.h"

static volatile sig_atomic_t chld;

static void on_chld(int sig, siginfo_t *si, void *uc)
{
	(void)sig;
	(void)uc;
	chld++;
	say("SIGCHLD: code %d status %d", si->si_code, si->si_status);
}

static int child(char **argv)
{
	char end;

	switch (*argv[1]) {
	case 'e':
		exit(atoi(argv[2]));
	case 'k':
		raise(atoi(argv[2]));
		return 0;
	case 's':
		raise(SIGSTOP);
		MUST(read(0, &end, 1) == 0); /* its parent has seen it go on */
		return 6;
	case 'w':
		while (true)
			pause();
	case 'p': /* an orphan is somebody else's child */
		say("status of a grandchild: its parent waits");
		spawn_self("o", argv[2], NULL);
		return 0;
	case 'o':
		sleep_ms(50);
		return 5;
	}
	return 77;
}

static void test_statuses(void)
{
	static const char *const codes[] = { "0", "1", "127", "255", "256" };
	static const char *const signals[] = { "1", "2", "6", "9", "13", "15" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(codes); i++)
		say_status(codes[i],
			   wait_status(spawn_self("e", codes[i], NULL)));
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		say_status(signals[i],
			   wait_status(spawn_self("k", signals[i], NULL)));
}

static void test_waitid(void)
{
	siginfo_t si = { 0 };
	pid_t pid = spawn_self("e", "33", NULL);

	CALL(waitid(P_PID, pid, &si, WEXITED | WNOWAIT));
	say("code %d status %d pid %d", si.si_code, si.si_status,
	    si.si_pid == pid);
	CALL(waitid(P_PID, pid, &si, WEXITED));
	CALL(waitid(P_PID, pid, &si, WEXITED));
	pid = spawn_self("w", NULL, NULL);
	si.si_pid = 1;
	CALL(waitid(P_PID, pid, &si, WEXITED | WNOHANG));
	VAL(si.si_pid);
	CALL(waitpid(pid, NULL, WNOHANG));
	kill(pid, SIGTERM);
	IS(waitpid(pid, NULL, 0) == pid);
	CALL(waitpid(pid, NULL, 0));
	CALL(waitpid(-1, NULL, 0));
}

static void test_stop(void)
{
	int status, fds[2];
	pid_t pid;

	MUST(!pipe2(fds, O_CLOEXEC));
	MUST(dup2(fds[0], 0) == 0);
	pid = spawn_self("s", NULL, NULL);
	IS(waitpid(pid, &status, WUNTRACED) == pid);
	say_status("stop", status);
	kill(pid, SIGCONT);
	IS(waitpid(pid, &status, WCONTINUED) == pid);
	say_status("continue", status);
	close(fds[1]);
	IS(waitpid(pid, &status, 0) == pid);
	say_status("end", status);
	pid = spawn_self("s", NULL, NULL);
	IS(waitpid(pid, &status, WUNTRACED) == pid);
	kill(pid, SIGKILL);
	say_status("killed when stopped", wait_status(pid));
}

static void test_sigchld(void)
{
	sigset_t set = SET_OF(SIGCHLD), none;
	pid_t pid;

	sigemptyset(&none);
	on_signal_info(SIGCHLD, on_chld, SA_NOCLDSTOP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = spawn_self("e", "3", NULL);
	while (chld < 1)
		sigsuspend(&none);
	wait_status(pid);
	pid = spawn_self("k", "9", NULL);
	while (chld < 2)
		sigsuspend(&none);
	wait_status(pid);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	signal(SIGCHLD, SIG_IGN);
	pid = spawn_self("e", "3", NULL);
	CALL(waitpid(pid, NULL, 0));
	signal(SIGCHLD, SIG_DFL);
}

static void test_many(void)
{
	int i, sum = 0, n = 0, status;
	char code[8];

	for (i = 0; i < 60; i++) {
		snprintf(code, sizeof(code), "%d", i);
		spawn_self("e", code, NULL);
	}
	while (waitpid(-1, &status, 0) > 0) {
		sum += WEXITSTATUS(status);
		n++;
	}
	say("%d children, sum %d", n, sum);
}

static void test_orphans(void)
{
	int status;
	pid_t pid;

	CALL(prctl(PR_SET_CHILD_SUBREAPER, 1));
	pid = spawn_self("p", "1", NULL);
	say_status("parent", wait_status(pid));
	IS(wait(&status) > 0);
	say_status("orphan", status);
	CALL(wait(&status));
}

static void test_rusage(void)
{
	struct rusage ru;
	struct timespec ts;
	volatile long n = 0;
	long long end;

	do {
		n = n + 1;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	} while (ts.tv_sec == 0 && ts.tv_nsec < 150000000);
	CALL(getrusage(RUSAGE_SELF, &ru));
	end = ru.ru_utime.tv_sec * 1000000ll + ru.ru_utime.tv_usec +
	      ru.ru_stime.tv_sec * 1000000ll + ru.ru_stime.tv_usec;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	IS(end >= 100000 && end <= ts.tv_sec * 1000000ll + ts.tv_nsec / 1000);
}

int main(int argc, char **argv)
{
	SELF(argv);
	if (argc > 1)
		return child(argv);
	test_statuses();
	test_waitid();
	test_stop();
	test_sigchld();
	test_many();
	test_orphans();
	test_rusage();
	return 0;
}
