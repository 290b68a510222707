// SPDX-License-Identifier: Apache-2.0
/* mmap as there can be without an MMU, brk, malloc. */
#include <malloc.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "t.h"

#define SIZE (256 * 1024)

static bool all(const unsigned char *p, int c, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] != c)
			return false;
	return true;
}

static void test_anonymous(void)
{
	unsigned char *p, *q;
	int i, wrong = 0;

	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST(p != MAP_FAILED);
	IS(all(p, 0, SIZE));
	IS((uintptr_t)p % 4096 == 0);
	memset(p, 1, SIZE);
	q = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		 -1, 0);
	MUST(q != MAP_FAILED);
	IS(all(q, 0, SIZE) && all(p, 1, SIZE));
	CALL(munmap(p, SIZE));
	CALL(munmap(q, SIZE));
	for (i = 0; i < 500; i++) { /* what was used before comes as zeros */
		p = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		wrong += p == MAP_FAILED || !all(p, 0, 65536);
		memset(p, i | 1, 65536);
		munmap(p, 65536);
	}
	VAL(wrong);
	CALL(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	CALL(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, -1, 0));
	CALL(mmap(NULL, 4096, PROT_READ, MAP_ANONYMOUS, -1, 0));
}

static void test_file(void)
{
	char path[] = "/tmp/posix-mem-XXXXXX";
	unsigned char *p, buffer[100];
	int fd = mkstemp(path), i;

	MUST(fd >= 0);
	for (i = 0; i < 10000; i++)
		MUST(write(fd, &(char){ (char)(i / 100) }, 1) == 1);
	p = mmap(NULL, 10000, PROT_READ, MAP_PRIVATE, fd, 0);
	MUST(p != MAP_FAILED);
	IS(all(p + 5000, 50, 100) && all(p + 9900, 99, 100));
	IS(all(p + 10000, 0, 12288 - 10000));
	CALL(munmap(p, 10000));
	p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 4096);
	MUST(p != MAP_FAILED);
	IS(p[0] == 40 && p[4] == 41);
	CALL(munmap(p, 4096));
	p = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	MUST(p != MAP_FAILED);
	memset(p, 7, 100);
	CALL(pread(fd, buffer, 100, 0));
	IS(all(buffer, 0, 100));
	CALL(munmap(p, 10000));
	close(fd);
	unlink(path);
}

/* A file that grows from nothing in one step is kept in one piece. */
static void test_shared(void)
{
	char path[] = "/tmp/posix-mem-XXXXXX";
	int fd = mkstemp(path);
	unsigned char *p, buffer[100];

	MUST(fd >= 0);
	CALL(ftruncate(fd, SIZE));
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	MUST(p != MAP_FAILED);
	memset(p + 1000, 5, 100);
	CALL(pread(fd, buffer, 100, 1000));
	IS(all(buffer, 5, 100));
	CALL(pwrite(fd, "xyz", 3, 2000));
	IS(!memcmp(p + 2000, "xyz", 3));
	CALL(munmap(p, SIZE));
	close(fd);
	unlink(path);
}

/* It sets malloc() up; the compiler does not see that it is malloc(). */
static void test_first_malloc(void)
{
	void *(*volatile get)(size_t) = malloc;
	void *p;

	errno = 0;
	p = get(100);
	VAL(errno);
	free(p);
}

static void test_malloc(void)
{
	volatile size_t huge = (size_t)-1 / 2 - 65536;
	static void *p[1000];
	unsigned int i, round, wrong = 0;
	size_t size;
	void *big;

	for (round = 0; round < 20; round++)
		for (i = 0; i < 1000; i++) {
			if (p[i])
				wrong += !all(p[i], i & 255, i * 7 + 1);
			free(p[i]);
			size = i * 7 + 1;
			p[i] = (i + round) % 3 ? malloc(size) : NULL;
			if (p[i])
				memset(p[i], i & 255, size);
		}
	VAL(wrong);
	big = malloc(8 << 20);
	MUST(big);
	memset(big, 1, 8 << 20);
	big = realloc(big, 12 << 20);
	IS(all(big, 1, 8 << 20));
	free(big);
	CALL(posix_memalign(&big, 4096, 100));
	IS((uintptr_t)big % 4096 == 0);
	free(big);
	big = calloc(1000, 1000);
	IS(all(big, 0, 1000000));
	free(big);
	big = malloc(huge);
	say("malloc: %s", big ? "got it" : error_name(errno));
}

/* Pages that were given back come again as new ones, parts of pages as they were. */
static void test_fresh_brk(char *base)
{
	unsigned char *p = (unsigned char *)base;

	IS((char *)syscall(SYS_brk, base + 16384) == base + 16384);
	IS(all(p, 0, 16384));
	memset(p, 1, 16384);
	CALL(mprotect(p + 12288, 4096, PROT_NONE));
	IS((char *)syscall(SYS_brk, base + 4096 + 1) == base + 4096 + 1);
	IS((char *)syscall(SYS_brk, base + 16384) == base + 16384);
	IS(all(p, 1, 8192) && all(p + 8192, 0, 8192));
	memset(p, 1, 16384);
	IS((char *)syscall(SYS_brk, base) == base);
}

/*
 * libc's own brk() is not the same everywhere, since malloc() has a part of it.
 * Nothing else is ever put above.
 */
static void test_brk(void)
{
	char *start = sbrk(0), *base, *end, *p;
	int i, round, hits = 0;

	MUST(start == (char *)syscall(SYS_brk, 0));
	base = (char *)(((uintptr_t)start + 4095) & ~4095ul);
	end = base + 16384;
	for (round = 0; round < 2; round++) {
		IS((char *)syscall(SYS_brk, end) == end);
		IS(all((unsigned char *)base, 0, end - base));
		memset(base, 0x5a, end - base);
		for (i = 0; i < 100; i++) {
			p = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			MUST(p != MAP_FAILED);
			memset(p, 1, 65536);
			hits += p < end && p + 65536 > base;
			if (i % 2)
				munmap(p, 65536);
		}
		IS(all((unsigned char *)base, 0x5a, end - base));
		IS((char *)syscall(SYS_brk, base) == base);
	}
	VAL(hits);
	IS((char *)syscall(SYS_brk, 4096) == base);
	test_fresh_brk(base);
	IS((char *)syscall(SYS_brk, start) == start);
}

static void *uses_malloc(void *arg)
{
	unsigned int i, wrong = 0;
	unsigned char *p;

	for (i = 1; i < 3000; i++) {
		p = malloc(i);
		memset(p, i & 255, i);
		wrong += !all(p, i & 255, i);
		free(p);
	}
	(void)arg;
	return (void *)(intptr_t)wrong;
}

int main(void)
{
	pthread_t t[4];
	void *wrong;
	int i;

	test_first_malloc();
	test_anonymous();
	test_file();
	test_shared();
	test_malloc();
	test_brk();
	for (i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, uses_malloc, NULL);
	for (i = 0; i < 4; i++) {
		pthread_join(t[i], &wrong);
		say("thread: %d wrong", (int)(intptr_t)wrong);
	}
	return 0;
}
