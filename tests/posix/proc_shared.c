// SPDX-License-Identifier: Apache-2.0
/* Locks in memory that processes share: mutexes whose owner ends, and the others. */
#include <semaphore.h>
#include <sys/mman.h>
#include "t.h"

#define PROCESSES 4
#define ROUNDS 1000

struct shared {
	pthread_mutex_t m;
	pthread_cond_t cond;
	pthread_barrier_t barrier;
	pthread_rwlock_t rw;
	sem_t ready;
	int turn, serial, reads;
	volatile int calling;
	long counter;
};

static struct shared *s;
static char name[40];

static void map(int flags)
{
	int fd = shm_open(name, O_RDWR | flags, 0600);

	MUST(fd >= 0 && !ftruncate(fd, sizeof(*s)));
	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	MUST(s != MAP_FAILED);
	close(fd);
}

static pid_t start(const char *what)
{
	return spawn_self(what, name, NULL);
}

static void init_mutex(int protocol, int robust)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	MUST(!pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED));
	MUST(!pthread_mutexattr_setprotocol(&attr, protocol));
	MUST(!pthread_mutexattr_setrobust(&attr, robust));
	MUST(!pthread_mutex_init(&s->m, &attr));
}

/* Children: what a process does is the first letter of its argument. */

static int counts(void)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&s->m);
		s->counter++;
		if (i % 100 == 0)
			sched_yield();
		pthread_mutex_unlock(&s->m);
	}
	return 1;
}

/* It ends, or executes a program, when the parent waits for what it holds. */
static int holds(const char *what)
{
	MUST(!pthread_mutex_lock(&s->m));
	sem_post(&s->ready);
	while (!s->calling)
		sched_yield();
	await_sleep(getppid(), getppid());
	if (*what == 'K')
		kill(getpid(), SIGKILL);
	if (*what == 'X')
		execl(self_path, "self", "pause", name, NULL);
	return 2;
}

static int tries(void)
{
	RET(pthread_mutex_lock(&s->m));
	RET(pthread_mutex_trylock(&s->m));
	return 3;
}

static void take_turns(int me)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&s->m);
		while (s->turn % 2 != me)
			pthread_cond_wait(&s->cond, &s->m);
		s->turn++;
		pthread_cond_broadcast(&s->cond);
		pthread_mutex_unlock(&s->m);
	}
}

static int meets(void)
{
	int i;

	for (i = 0; i < 100; i++) {
		__atomic_add_fetch(&s->counter, 1, __ATOMIC_SEQ_CST);
		if (pthread_barrier_wait(&s->barrier) ==
		    PTHREAD_BARRIER_SERIAL_THREAD)
			__atomic_add_fetch(&s->serial, 1, __ATOMIC_SEQ_CST);
		if (__atomic_load_n(&s->counter, __ATOMIC_SEQ_CST) <
		    PROCESSES * (i + 1))
			say("a process came too early");
		pthread_barrier_wait(&s->barrier);
	}
	return 5;
}

static int reads_and_writes(void)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (i % 10 == 0) {
			pthread_rwlock_wrlock(&s->rw);
			if (s->reads)
				say("a writer among readers");
			s->counter++;
			pthread_rwlock_unlock(&s->rw);
		}
		pthread_rwlock_rdlock(&s->rw);
		__atomic_add_fetch(&s->reads, 1, __ATOMIC_SEQ_CST);
		__atomic_sub_fetch(&s->reads, 1, __ATOMIC_SEQ_CST);
		pthread_rwlock_unlock(&s->rw);
	}
	return 6;
}

static int child(const char *what)
{
	switch (*what) {
	case 'c':
		return counts();
	case 't':
		return tries();
	case 'w':
		take_turns(1);
		return 4;
	case 'm':
		return meets();
	case 'r':
		return reads_and_writes();
	case 'p':
		while (true)
			pause();
	}
	return holds(what);
}

static void run_all(const char *what)
{
	pid_t pid[PROCESSES];
	int i, sum = 0;

	s->counter = 0;
	for (i = 0; i < PROCESSES; i++)
		pid[i] = start(what);
	for (i = 0; i < PROCESSES; i++)
		sum += WEXITSTATUS(wait_status(pid[i]));
	say("%s: %ld, %d", what, s->counter, sum);
}

static void wait_for_owner(void)
{
	MUST(!sem_wait(&s->ready));
	s->calling = 1;
	RET(pthread_mutex_lock(&s->m));
	s->calling = 0;
}

/* The parent waits for the mutex when the child ends that holds it. */
static void test_owner(const char *how)
{
	pid_t pid = start(how);

	say("--- %s", how);
	wait_for_owner();
	RET(pthread_mutex_consistent(&s->m));
	RET(pthread_mutex_unlock(&s->m));
	if (*how == 'X')
		kill(pid, SIGTERM);
	say_status("owner", wait_status(pid));
	RET(pthread_mutex_lock(&s->m));
	RET(pthread_mutex_unlock(&s->m));
}

static void test_robust(int protocol)
{
	say("--- protocol %d", protocol);
	init_mutex(protocol, PTHREAD_MUTEX_ROBUST);
	run_all("counts");
	test_owner("Exits");
	test_owner("Killed");
	test_owner("Xecutes");
	start("Killed");
	wait_for_owner();
	RET(pthread_mutex_unlock(&s->m)); /* not made consistent */
	wait(NULL);
	RET(pthread_mutex_lock(&s->m));
	say_status("a third", wait_status(start("tries")));
}

static void test_others(void)
{
	pthread_condattr_t cond;
	pthread_barrierattr_t barrier;
	pthread_rwlockattr_t rw;
	pid_t pid;

	init_mutex(PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED);
	run_all("counts");
	pthread_condattr_init(&cond);
	RET(pthread_condattr_setpshared(&cond, PTHREAD_PROCESS_SHARED));
	RET(pthread_cond_init(&s->cond, &cond));
	pid = start("waits");
	take_turns(0);
	say_status("turns", wait_status(pid));
	VAL(s->turn);
	pthread_barrierattr_init(&barrier);
	RET(pthread_barrierattr_setpshared(&barrier, PTHREAD_PROCESS_SHARED));
	RET(pthread_barrier_init(&s->barrier, &barrier, PROCESSES));
	run_all("meets");
	VAL(s->serial);
	pthread_rwlockattr_init(&rw);
	RET(pthread_rwlockattr_setpshared(&rw, PTHREAD_PROCESS_SHARED));
	RET(pthread_rwlock_init(&s->rw, &rw));
	run_all("reads and writes");
}

int main(int argc, char **argv)
{
	SELF(argv);
	if (argc > 1) {
		strcpy(name, argv[2]);
		map(0);
		return child(argv[1]);
	}
	snprintf(name, sizeof(name), "/proc_shared.%d", getpid());
	map(O_CREAT | O_EXCL);
	MUST(!sem_init(&s->ready, 1, 0));
	test_robust(PTHREAD_PRIO_NONE);
	test_robust(PTHREAD_PRIO_INHERIT);
	test_others();
	shm_unlink(name);
	return 0;
}
