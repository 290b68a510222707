// SPDX-License-Identifier: Apache-2.0
/*
 * Orphaned process groups: when the last process leaves that connects a group to
 * its session, stopped members get SIGHUP and SIGCONT, and a group that is
 * orphaned already is not stopped by the terminal's signals.
 */
#include <sys/prctl.h>
#include "t.h"

static void hung_up(int sig)
{
	_exit(sig == SIGHUP ? 6 : 7);
}

/* In a group of its own, until its parent has gone. */
static int member(void)
{
	on_signal_flags(SIGHUP, hung_up, 0);
	setpgid(0, 0);
	raise(SIGSTOP);
	say("continued, but not hung up");
	return 1;
}

static int parent(void)
{
	int status;
	pid_t pid;

	setsid();
	pid = spawn_self("member", NULL, NULL);
	MUST(waitpid(pid, &status, WUNTRACED) == pid);
	say_status("member", status);
	return 3;
}

/* SIGTSTP does nothing to a member of an orphaned group, SIGSTOP does. */
static int alone(void)
{
	setsid();
	CALL(raise(SIGTSTP));
	CALL(raise(SIGTTIN));
	say("not stopped");
	raise(SIGSTOP);
	return 5;
}

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	SELF(argv);
	if (argc > 1)
		return *argv[1] == 'm' ? member() :
		       *argv[1] == 'p' ? parent() : alone();
	MUST(!prctl(PR_SET_CHILD_SUBREAPER, 1));
	/* Of another session, the subreaper does not connect the group. */
	pid = spawn_self("parent", NULL, NULL);
	say_status("parent", wait_status(pid));
	MUST(wait(&status) > 0);
	say_status("member", status);
	pid = spawn_self("alone", NULL, NULL);
	MUST(waitpid(pid, &status, WUNTRACED) == pid);
	say_status("alone", status);
	kill(pid, SIGCONT);
	say_status("alone", wait_status(pid));
	return 0;
}
