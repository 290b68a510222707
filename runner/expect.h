/* SPDX-License-Identifier: Apache-2.0 */
/* expect.h: wait for a line on the console. */
#ifndef RUNNER_EXPECT_H
#define RUNNER_EXPECT_H

#include <stdbool.h>
#include <stddef.h>

/* False: it is no POSIX extended regular expression, see error. */
bool expect_init(const char *regex, char *error, size_t n);

/* Console output; true when a line (finished or not) matched for the first
 * time. Any thread, one at a time. */
bool expect_feed(const char *bytes, size_t n);

#endif
