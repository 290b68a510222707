// SPDX-License-Identifier: Apache-2.0
/* System V and POSIX: message queues, semaphores, shared memory. */
#include <mqueue.h>
#include <semaphore.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include "t.h"

static char names[4][40];

static void test_msg(void)
{
	struct { long type; char text[32]; } m = { 3, "three" }, got;
	int id = msgget(IPC_PRIVATE, 0600);
	struct msqid_ds ds;

	IS(id >= 0);
	CALL(msgsnd(id, &m, 6, 0));
	m.type = 1;
	strcpy(m.text, "one");
	CALL(msgsnd(id, &m, 4, 0));
	CALL(msgctl(id, IPC_STAT, &ds));
	VAL(ds.msg_qnum);
	CALL(msgrcv(id, &got, sizeof(got.text), 1, 0));
	say("%ld %s", got.type, got.text);
	CALL(msgrcv(id, &got, 2, 0, 0));
	CALL(msgrcv(id, &got, sizeof(got.text), -5, 0));
	say("%ld %s", got.type, got.text);
	CALL(msgrcv(id, &got, sizeof(got.text), 0, IPC_NOWAIT));
	CALL(msgctl(id, IPC_RMID, NULL));
	CALL(msgsnd(id, &m, 4, 0));
}

static int sem_id, shared;

static void *takes(void *arg)
{
	struct sembuf down = { 1, -1, 0 }, up = { 1, 1, 0 };
	int i;

	for (i = 0; i < 200; i++) {
		MUST(!semop(sem_id, &down, 1));
		shared++;
		MUST(!semop(sem_id, &up, 1));
	}
	return arg;
}

static void test_sem(void)
{
	union { int val; struct semid_ds *ds; unsigned short *array; } u;
	struct sembuf ops[2] = { { 0, -1, IPC_NOWAIT }, { 1, 0, IPC_NOWAIT } };
	struct timespec ts = { 0, 10000000 };
	pthread_t t[4];
	int i;

	sem_id = semget(IPC_PRIVATE, 3, 0600);
	IS(sem_id >= 0);
	snprintf(names[0], sizeof(names[0]), "%d", sem_id);
	u.val = 2;
	CALL(semctl(sem_id, 0, SETVAL, u));
	CALL(semctl(sem_id, 0, GETVAL));
	CALL(semop(sem_id, ops, 2));
	CALL(semop(sem_id, ops, 2));
	CALL(semop(sem_id, ops, 2));
	u.val = 1;
	CALL(semctl(sem_id, 1, SETVAL, u));
	CALL(semop(sem_id, ops + 1, 1));
	ops[0].sem_flg = 0;
	CALL(semtimedop(sem_id, ops, 1, &ts));
	for (i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, takes, NULL);
	for (i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	VAL(shared);
	say_status("undo", wait_status(spawn_self("u", names[0], NULL)));
	CALL(semctl(sem_id, 2, GETVAL));
	CALL(semctl(sem_id, 0, IPC_RMID));
	CALL(semop(sem_id, ops, 1));
}

static void test_shm(void)
{
	int id = shmget(IPC_PRIVATE, 10000, 0600);
	struct shmid_ds ds;
	char *p, number[20];

	IS(id >= 0);
	p = shmat(id, NULL, 0);
	MUST(p != (void *)-1);
	IS(p[0] == 0 && p[9999] == 0);
	strcpy(p, "shared memory");
	CALL(shmctl(id, IPC_STAT, &ds));
	VAL(ds.shm_segsz);
	VAL(ds.shm_nattch);
	snprintf(number, sizeof(number), "%d", id);
	say_status("child", wait_status(spawn_self("m", number, NULL)));
	say("%s", p);
	CALL(shmdt(p));
	CALL(shmdt(p));
	p = shmat(id, NULL, 0);
	CALL(shmctl(id, IPC_RMID, NULL));
	say("%s", p);
	CALL(shmdt(p));
	CALL(shmctl(id, IPC_STAT, &ds));
	CALL(shmget(0x1234567, 100, 0600));
}

static void test_mq(void)
{
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = 32 }, now;
	struct timespec ts;
	char text[32];
	unsigned int priority;
	mqd_t q;
	int i;

	q = mq_open(names[1], O_CREAT | O_EXCL | O_RDWR, 0600, &attr);
	IS(q >= 0);
	for (i = 0; i < 4; i++) {
		snprintf(text, sizeof(text), "message %d", i);
		CALL(mq_send(q, text, strlen(text) + 1, i % 2));
	}
	clock_gettime(CLOCK_REALTIME, &ts);
	CALL(mq_timedsend(q, "x", 2, 0, &ts));
	CALL(mq_getattr(q, &now));
	VAL(now.mq_curmsgs);
	CALL(mq_receive(q, text, 5, NULL));
	for (i = 0; i < 4; i++) {
		mq_receive(q, text, sizeof(text), &priority);
		say("%s, priority %u", text, priority);
	}
	CALL(mq_timedreceive(q, text, sizeof(text), NULL, &ts));
	CALL((int)mq_open(names[1], O_CREAT | O_EXCL | O_RDWR, 0600, &attr));
	CALL(mq_unlink(names[1]));
	CALL(mq_close(q));
}

static void test_posix_shm(void)
{
	int fd = shm_open(names[2], O_CREAT | O_EXCL | O_RDWR, 0600);
	char *p;

	IS(fd >= 0);
	CALL(ftruncate(fd, 8192));
	p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	IS(p != MAP_FAILED);
	if (p != MAP_FAILED) {
		say_status("child", wait_status(spawn_self("p", names[2], NULL)));
		say("%s", p);
		CALL(munmap(p, 8192));
	}
	CALL(shm_unlink(names[2]));
	CALL(shm_unlink(names[2]));
	close(fd);
}

static void test_posix_sem(void)
{
	sem_t *s = sem_open(names[3], O_CREAT | O_EXCL, 0600, 1);
	int value;

	if (!IS(s != SEM_FAILED))
		return;
	CALL(sem_wait(s));
	CALL(sem_trywait(s));
	say_status("child", wait_status(spawn_self("s", names[3], NULL)));
	CALL(sem_getvalue(s, &value));
	VAL(value);
	IS(sem_open(names[3], 0) == s);
	CALL(sem_close(s));
	CALL(sem_unlink(names[3]));
	IS(sem_open(names[3], 0) == SEM_FAILED);
}

static int child(char **argv)
{
	struct sembuf undo = { 2, 5, SEM_UNDO };
	sem_t *s;
	char *p;
	int fd;

	switch (*argv[1]) {
	case 'u':
		return semop(atoi(argv[2]), &undo, 1) ? 1 : 5;
	case 'm':
		p = shmat(atoi(argv[2]), NULL, 0);
		if (p == (void *)-1)
			return 1;
		strcat(p, " of two");
		return 6;
	case 'p':
		fd = shm_open(argv[2], O_RDWR, 0);
		p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (p == MAP_FAILED)
			return 1;
		strcpy(p, "by the child");
		return 7;
	}
	s = sem_open(argv[2], 0);
	return s == SEM_FAILED || sem_post(s) || sem_post(s) ? 1 : 8;
}

int main(int argc, char **argv)
{
	int i;

	SELF(argv);
	if (argc > 1)
		return child(argv);
	test_msg();
	for (i = 1; i < 4; i++)
		snprintf(names[i], sizeof(names[i]), "/posix-%d-%d", getpid(), i);
	test_shm();
	test_mq();
	test_posix_shm();
	test_posix_sem();
	test_sem();
	return 0;
}
