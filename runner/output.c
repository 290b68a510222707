// SPDX-License-Identifier: Apache-2.0
/* output.c: writing to file descriptors that somebody else made, see output.h. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "output.h"

int output_write(int fd, const char *buf, size_t n)
{
	struct pollfd room = { fd, POLLOUT, 0 };

	while (n) {
		ssize_t now = write(fd, buf, n);

		if (now >= 0) {
			buf += now;
			n -= (size_t)now;
		} else if (errno == EAGAIN) {
			poll(&room, 1, -1);
		} else if (errno != EINTR) {
			return errno;
		}
	}
	return 0;
}
