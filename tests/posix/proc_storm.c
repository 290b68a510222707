// SPDX-License-Identifier: Apache-2.0
/* Processes and threads that end, are killed, execute and vfork all at once. */
#include <sched.h>
#include "t.h"

#define N 8

static void check_all(const char *what, int wrong)
{
	say("%s: %d wrong", what, wrong);
}

/* Not equally long in any two rounds, and the same in each run. */
static void a_moment(unsigned int round)
{
	struct timespec ts = { 0, (long)(round * 2654435761u % 3000) * 1000 };

	nanosleep(&ts, NULL);
}

static void test_kill(const char *role, int rounds)
{
	int round, i, status, wrong = 0;
	pid_t pids[N];

	for (round = 0; round < rounds; round++) {
		for (i = 0; i < N; i++)
			pids[i] = spawn_self(role, "1000000", NULL);
		a_moment(round);
		for (i = 0; i < N; i++)
			kill(pids[i], SIGKILL);
		for (i = 0; i < N; i++) {
			status = wait_status(pids[i]);
			wrong += !WIFSIGNALED(status) ||
				 WTERMSIG(status) != SIGKILL;
		}
	}
	check_all(role, wrong);
}

/* Each of N executes itself, and that again, so many times. */
static void test_exec(void)
{
	int i, wrong = 0;
	pid_t pids[N];

	for (i = 0; i < N; i++)
		pids[i] = spawn_self("exec", "40", NULL);
	for (i = 0; i < N; i++)
		wrong += wait_status(pids[i]) != 0;
	check_all("chains of exec", wrong);
}

static void *vfork_again_and_again(void *arg)
{
	int i, status;
	long wrong = 0;
	pid_t pid;

	(void)arg;
	for (i = 0; i < 50; i++) {
		pid = vfork();
		if (!pid)
			_exit(i);
		status = wait_status(pid);
		wrong += !WIFEXITED(status) || WEXITSTATUS(status) != i;
	}
	return (void *)wrong;
}

static void test_vfork(void)
{
	pthread_t threads[4];
	void *result;
	int i, wrong = 0;

	for (i = 0; i < 4; i++)
		MUST(!pthread_create(&threads[i], NULL, vfork_again_and_again,
				     NULL));
	for (i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		wrong += (long)result;
	}
	check_all("vfork by four threads", wrong);
}

static void test_exit(void)
{
	int i, round, status, wrong = 0;
	pid_t pids[N];

	for (round = 0; round < 5; round++) {
		for (i = 0; i < N; i++)
			pids[i] = spawn_self("threads", "", NULL);
		for (i = 0; i < N; i++) {
			status = wait_status(pids[i]);
			wrong += !WIFEXITED(status) || WEXITSTATUS(status) != 7;
		}
	}
	check_all("exit while other threads run", wrong);
}

/* ---- what they run ------------------------------------------------------ */

static void spin(void)
{
	volatile int i = 0;

	while (1)
		i++;
}

static void vfork_and_exec(void)
{
	while (1)
		wait_status(spawn_self("nothing", "", NULL));
}

static void exec_on(int more)
{
	char text[16];

	if (!more)
		_exit(0);
	snprintf(text, sizeof(text), "%d", more - 1);
	execl(self_path, "self", "exec", text, (char *)NULL);
	_exit(1);
}

static void *thread(void *arg)
{
	switch ((long)arg % 3) {
	case 0:
		spin();
	case 1:
		while (1)
			pause();
	default:
		while (1)
			sched_yield();
	}
}

static void end_with_threads(void)
{
	pthread_t t;
	long i;

	for (i = 0; i < 6; i++)
		MUST(!pthread_create(&t, NULL, thread, (void *)i));
	exit(7);
}

static void play(const char *role, const char *argument)
{
	if (!strcmp(role, "spin"))
		spin();
	if (!strcmp(role, "vfork"))
		vfork_and_exec();
	if (!strcmp(role, "exec"))
		exec_on(atoi(argument));
	if (!strcmp(role, "threads"))
		end_with_threads();
	_exit(0);
}

int main(int argc, char **argv)
{
	SELF(argv);
	if (argc > 2)
		play(argv[1], argv[2]);
	test_kill("spin", 10);
	test_kill("exec", 10);
	test_kill("vfork", 10);
	test_exec();
	test_vfork();
	test_exit();
	return 0;
}
