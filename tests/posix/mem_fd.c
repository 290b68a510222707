// SPDX-License-Identifier: Apache-2.0
/* memfd_create(). */
#include <sys/mman.h>
#include "t.h"

int main(void)
{
	int fd = memfd_create("name", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	char buffer[8];

	IS(fd >= 0);
	CALL(write(fd, "content", 8));
	CALL(pread(fd, buffer, 8, 0));
	IS(!memcmp(buffer, "content", 8));
	CALL(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	CALL(write(fd, "x", 1));
	return 0;
}
