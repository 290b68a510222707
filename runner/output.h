/* SPDX-License-Identifier: Apache-2.0 */
/* output.h: writing to file descriptors that somebody else made. */
#ifndef RUNNER_OUTPUT_H
#define RUNNER_OUTPUT_H

#include <stddef.h>

/* Write all n bytes, waiting where the reader is slow, also if the descriptor does
 * not block (it may share that flag with other processes). 0 or an errno. Any thread. */
int output_write(int fd, const char *buf, size_t n);

#endif
