// SPDX-License-Identifier: Apache-2.0
/* A file that is mapped twice. */
#include <sys/mman.h>
#include "t.h"

#define SIZE 16384

int main(void)
{
	char path[] = "/tmp/posix-shared-XXXXXX", *p, *q;
	int fd = mkstemp(path);

	MUST(fd >= 0);
	unlink(path);
	CALL(ftruncate(fd, SIZE));
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	q = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	MUST(p != MAP_FAILED && q != MAP_FAILED);
	strcpy(p + 5000, "seen twice");
	say("%s", q + 5000);
	CALL(munmap(p, SIZE));
	say("%s", q + 5000);
	CALL(munmap(q, SIZE));
	return 0;
}
