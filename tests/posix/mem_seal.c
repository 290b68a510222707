// SPDX-License-Identifier: Apache-2.0
/* What memfd_create() made can be sealed. */
#include <sys/mman.h>
#include "t.h"

int main(void)
{
	int fd = memfd_create("name", MFD_ALLOW_SEALING);

	MUST(fd >= 0);
	CALL(write(fd, "content", 8));
	CALL(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	CALL(write(fd, "x", 1));
	return 0;
}
