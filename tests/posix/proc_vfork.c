// SPDX-License-Identifier: Apache-2.0
/* vfork() returns twice. */
#include <setjmp.h>

#include "t.h"

static int global;

static __attribute__((noinline)) pid_t vfork_and_exit(int depth, int code)
{
	pid_t pid;

	if (depth)
		return vfork_and_exit(depth - 1, code) + 0 * depth;
	pid = vfork();
	if (!pid)
		_exit(code);
	return pid;
}

static void test_shared(void)
{
	volatile int local = 1;
	pid_t parent = getpid(), pid = vfork();

	if (!pid) {
		local++;
		global = 5;
		say("child: own pid %d, parent is parent %d",
		    getpid() != parent, getppid() == parent);
		_exit(3);
	}
	say_status("child", wait_status(pid));
	say("parent: local %d, global %d, same pid %d", local, global,
	    getpid() == parent);
}

static void test_exec(char *argument)
{
	char *argv[] = { "self", argument, "two words", NULL };
	char *env[] = { "A=b", NULL };
	int fds[2], n;
	char text[64];
	pid_t pid;

	MUST(!pipe(fds));
	pid = vfork();
	if (!pid) {
		dup2(fds[1], 1);
		close(fds[0]);
		execve(self_path, argv, env);
		_exit(127);
	}
	close(fds[1]);
	n = read(fds[0], text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = 0;
	say("the pipe said: %s", text);
	close(fds[0]);
	say_status("exec", wait_status(pid));
	pid = vfork();
	if (!pid) {
		execve("/does/not/exist", argv, env);
		_exit(errno == ENOENT ? 100 : 101);
	}
	say_status("no exec", wait_status(pid));
}

static void test_nested(void)
{
	pid_t pid = vfork(), inner;
	int status;

	if (!pid) {
		inner = vfork();
		if (!inner)
			_exit(11);
		waitpid(inner, &status, 0);
		_exit(WEXITSTATUS(status) + 1);
	}
	say_status("vfork in vfork", wait_status(pid));
}

static void test_kill(void)
{
	char *argv[] = { "self", "pause", NULL };
	pid_t pid = vfork();

	if (!pid) {
		execve(self_path, argv, environ);
		_exit(127);
	}
	kill(pid, SIGTERM);
	say_status("killed", wait_status(pid));
	pid = vfork();
	if (!pid) {
		kill(getpid(), SIGKILL); /* musl's raise() is for the parent here */
		_exit(1);
	}
	say_status("killed itself", wait_status(pid));
}

static __attribute__((noinline)) void exit_after_setjmp(int code)
{
	jmp_buf own;

	if (!setjmp(own))
		_exit(code);
}

static __attribute__((noinline)) void vfork_and_jump(jmp_buf env)
{
	pid_t pid = vfork();

	if (!pid)
		exit_after_setjmp(6);
	say_status("child with a setjmp()", wait_status(pid));
	longjmp(env, 1);
}

/* Where a child would have been caught is nothing to its parent. */
static void test_jump(void)
{
	jmp_buf env;

	if (!setjmp(env))
		vfork_and_jump(env);
	else
		say("the parent's longjmp() arrived");
}

static void *thread(void *arg)
{
	int i, wrong = 0;

	for (i = 0; i < 50; i++) {
		pid_t pid = vfork_and_exit(i % 7, i);
		int status = wait_status(pid);

		wrong += !WIFEXITED(status) || WEXITSTATUS(status) != i;
	}
	(void)arg;
	return (void *)(intptr_t)wrong;
}

/* Several threads of one process at once; a thread that goes on meanwhile. */
static void test_threads(void)
{
	pthread_t t[4];
	void *wrong;
	int i;

	for (i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, thread, NULL);
	for (i = 0; i < 4; i++) {
		pthread_join(t[i], &wrong);
		say("thread %d: %d wrong", i, (int)(intptr_t)wrong);
	}
}

static void handler(int sig)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(sig);
	say_status("vfork in a handler", wait_status(pid));
}

static sigjmp_buf away;

static void jump_away(int sig)
{
	(void)sig;
	siglongjmp(away, 1);
}

/* The parent's signals come when it is back, and its handler may leave vfork(). */
static void test_signal(void)
{
	volatile int i;
	sigset_t mask;
	pid_t pid;

	on_signal_flags(SIGUSR2, jump_away, 0);
	for (i = 0; i < 20; i++) {
		if (sigsetjmp(away, 1)) {
			say_status("left", wait_status(-1));
			continue;
		}
		pid = vfork();
		if (!pid) {
			sigprocmask(SIG_BLOCK, NULL, &mask);
			kill(getppid(), SIGUSR2);
			if (i % 2)
				sleep_ms(20);
			_exit(sigismember(&mask, SIGUSR2) ? 1 : i);
		}
		say("not left: %d", pid > 0);
	}
	sigprocmask(SIG_BLOCK, NULL, &mask);
	IS(sigismember(&mask, SIGUSR2));
}

static int failed;

static void at_the_end(int sig)
{
	say("signal %d, %d failed", sig, failed);
	_exit(0);
}

__attribute__((noinline)) static bool vfork_fails(void)
{
	pid_t pid = vfork_and_exit(0, 1);

	return pid < 0 || WEXITSTATUS(wait_status(pid)) != 1;
}

/* It has nothing in memory: a guest's stack there would be used up before the host's. */
__attribute__((noinline)) static int deep(int n)
{
	int m;

	failed += n % 1000 == 0 && vfork_fails();
	m = deep(n + 1);
	return m - n * failed;
}

/* At any depth of the stack, down to its end. */
static void go_down(void)
{
	static char alternate[65536];
	stack_t stack = { .ss_sp = alternate, .ss_size = sizeof(alternate) };

	sigaltstack(&stack, NULL);
	on_signal_flags(SIGSEGV, at_the_end, SA_ONSTACK);
	deep(0);
}

int main(int argc, char **argv)
{
	int i, sum = 0, status;

	if (argc > 1 && !strcmp(argv[1], "pause"))
		while (true)
			pause();
	if (argc > 1 && !strcmp(argv[1], "deep"))
		go_down();
	if (argc > 1) {
		char text[64];
		int n = snprintf(text, sizeof(text), "%d %s %s %s", argc,
				 argv[1], argv[2], getenv("A"));

		return write(1, text, n) == n ? 21 : 22;
	}
	SELF(argv);
	test_shared();
	test_exec("one");
	test_nested();
	test_kill();
	test_jump();
	test_signal();
	say_status("deep", wait_status(spawn_self("deep", NULL, NULL)));
	for (i = 0; i < 500; i++) {
		status = wait_status(vfork_and_exit(i % 20, i % 200));
		sum += WEXITSTATUS(status);
	}
	VAL(sum);
	test_threads();
	on_signal_flags(SIGUSR1, handler, 0);
	raise(SIGUSR1);
	raise(SIGUSR1);
	CALL(waitpid(-1, &status, 0));
	return 0;
}
