// SPDX-License-Identifier: Apache-2.0
/* PROT_NONE: accesses fault, system calls say EFAULT, and it can be taken back. */
#include <fcntl.h>
#include <linux/futex.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include "t.h"

static sigjmp_buf env;
static char *page;
static size_t size;

static void fault(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	say("signal %d, code %d, offset %ld", sig, si->si_code,
	    (long)((char *)si->si_addr - page));
	siglongjmp(env, 1);
}

static void touch(const char *what, volatile char *p, int write)
{
	if (sigsetjmp(env, 1)) {
		say("%s: faulted", what);
		return;
	}
	if (write)
		*p = 1;
	else
		(void)*p;
	say("%s: works", what);
}

static void system_calls(void)
{
	char *edge = page + size - 3; /* the guard is the next page */
	struct iovec iov[2] = { { edge, 3 }, { page + size, 1 } };
	struct stat st;
	int fds[2];

	memcpy(edge, "/et", 3);
	MUST(!pipe(fds));
	CALL(write(fds[1], page + size, 1));
	VAL(write(fds[1], edge, 3));
	CALL(read(fds[0], page + size, 3));
	CALL(stat(edge, &st));
	CALL(open(page + size, O_RDONLY));
	CALL(pipe((int *)(page + size)));
	VAL(writev(fds[1], iov, 1));
	CALL(syscall(SYS_futex, page + size, FUTEX_WAIT, 0, NULL, NULL, 0));
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	size = (size_t)sysconf(_SC_PAGESIZE);
	on_signal_info(SIGSEGV, fault, 0);
	page = mmap(NULL, 3 * size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST(page != MAP_FAILED);
	touch("before", page + size, 1);
	VAL(mprotect(page + size, size, PROT_NONE));
	touch("a write", page + size, 1);
	touch("a read", page + 2 * size - 1, 0);
	touch("below", page + size - 1, 1);
	touch("above", page + 2 * size, 1);
	CALL(syscall(SYS_mprotect, page + 1, size, PROT_NONE));
	VAL(mprotect(page, 0, PROT_NONE));
	VAL(mprotect(page + size, size, PROT_READ | PROT_WRITE));
	touch("taken back", page + size, 0);
	VAL(page[size]);
	VAL(mprotect(page + size, size, PROT_NONE));
	VAL(munmap(page, 3 * size));
	CALL(mprotect(page, size, PROT_NONE));
	CALL(mprotect(page, size, PROT_READ | PROT_WRITE));

	page = mmap(NULL, 64 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1, 0);
	MUST(page != MAP_FAILED);
	touch("mapped so", page + 63 * size, 0);
	VAL(mprotect(page, size, PROT_READ | PROT_WRITE));
	touch("the first page", page, 1);
	touch("the second page", page + size, 1);
	system_calls();
	VAL(munmap(page, 64 * size));
	return 0;
}
