/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <unistd.h>

/* All processes share one address space; there is vfork(). */
pid_t fork(void)
{
	errno = ENOSYS;
	return -1;
}
