// SPDX-License-Identifier: Apache-2.0
/* msync(). */
#include <sys/mman.h>
#include "t.h"

#define SIZE 16384

int main(void)
{
	char path[] = "/tmp/posix-sync-XXXXXX", *p, *q, text[8];
	int fd = mkstemp(path);

	MUST(fd >= 0);
	unlink(path);
	CALL(ftruncate(fd, SIZE));
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	MUST(p != MAP_FAILED);
	strcpy(p + 5000, "written");
	CALL(msync(p, SIZE, MS_SYNC));
	CALL(pread(fd, text, sizeof(text), 5000));
	say("%s", text);
	CALL(msync(p, SIZE, MS_ASYNC));
	CALL(msync(p, SIZE, MS_SYNC | MS_INVALIDATE));
	CALL(msync(p + 4096, 1, MS_SYNC));
	CALL(msync(p, 0, MS_SYNC));
	CALL(msync(p + 1, 4096, MS_SYNC));
	CALL(msync(p, SIZE, MS_SYNC | MS_ASYNC));
	CALL(msync(p, SIZE, 0x100));
	CALL(msync(p, (size_t)-4096, MS_SYNC));

	q = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST(q != MAP_FAILED);
	CALL(msync(q, SIZE, MS_SYNC));
	CALL(munmap(q + 4096, 4096));
	CALL(msync(q, SIZE, MS_SYNC));
	CALL(msync(q, 4096, MS_SYNC));
	CALL(munmap(q, 4096));
	CALL(munmap(q + 8192, SIZE - 8192));
	CALL(munmap(p, SIZE));
	CALL(msync(p, SIZE, MS_SYNC));
	return 0;
}
