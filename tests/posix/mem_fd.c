// SPDX-License-Identifier: Apache-2.0
/* memfd_create(): a file without a name, to share memory by. */
#include <sys/mman.h>
#include <sys/stat.h>
#include "t.h"

#ifndef MFD_EXEC
#define MFD_NOEXEC_SEAL 8U
#define MFD_EXEC 16U
#endif

#define SIZE 20000

static void test_file(void)
{
	int fd = memfd_create("name", MFD_CLOEXEC), other;
	char buffer[8], path[40], target[40];
	struct stat st;

	MUST(fd >= 0);
	MUST(!fstat(fd, &st));
	IS(S_ISREG(st.st_mode) && !st.st_size && !st.st_nlink);
	VAL(fcntl(fd, F_GETFD));
	CALL(read(fd, buffer, 8));
	CALL(write(fd, "content", 8));
	CALL(pread(fd, buffer, 8, 0));
	IS(!memcmp(buffer, "content", 8));
	CALL(pwrite(fd, "far", 3, 1000000));
	CALL(lseek(fd, 0, SEEK_END));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	MUST(readlink(path, target, sizeof(target)) > 11);
	say("%.11s", target);
	other = memfd_create("name", 0);
	IS(other >= 0 && other != fd);
	CALL(read(other, buffer, 8));
	CALL(close(other));
	CALL(close(fd));
}

static void test_memory(void)
{
	int fd = memfd_create("memory", 0);
	unsigned char *p, byte;

	MUST(fd >= 0);
	CALL(ftruncate(fd, SIZE));
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	MUST(p != MAP_FAILED);
	IS(!p[0] && !p[SIZE - 1]);
	p[SIZE - 1] = 7;
	CALL(pread(fd, &byte, 1, SIZE - 1));
	VAL(byte);
	CALL(pwrite(fd, "x", 1, 5000));
	IS(p[5000] == 'x');
	CALL(close(fd));
	IS(p[5000] == 'x');
	CALL(munmap(p, SIZE));
}

/* What is written to such a file can be executed. */
static void test_program(void)
{
	char bytes[4096], path[40], *argv[] = { path, "again", NULL };
	int from = open("/proc/self/exe", O_RDONLY);
	int fd = memfd_create("program", MFD_CLOEXEC);
	ssize_t n;
	pid_t pid;

	MUST(from >= 0 && fd >= 0);
	while ((n = read(from, bytes, sizeof(bytes))) > 0)
		MUST(write(fd, bytes, n) == n);
	close(from);
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), fd);
	pid = vfork();
	if (!pid) {
		execv(path, argv);
		_exit(99);
	}
	MUST(pid > 0);
	say_status("program", wait_status(pid));
	close(fd);
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return 3;
	CALL(memfd_create("name", 0x4000));
	CALL(memfd_create("name", MFD_NOEXEC_SEAL | MFD_EXEC));
	CALL(memfd_create(NULL, 0));
	test_file();
	test_memory();
	test_program();
	return 0;
}
