// SPDX-License-Identifier: Apache-2.0
/* expect.c: wait for a line on the console. */
#include <regex.h>

#include "expect.h"

#define MAX_LINE 4096

static regex_t regex;
static bool active;
static char line[MAX_LINE];
static size_t length;

bool expect_init(const char *text, char *error, size_t n)
{
	int err = regcomp(&regex, text, REG_EXTENDED | REG_NOSUB);

	if (err) {
		regerror(err, &regex, error, n);
		return false;
	}
	active = true;
	return true;
}

static bool matches(void)
{
	line[length] = 0;
	return !regexec(&regex, line, 0, NULL, 0);
}

bool expect_feed(const char *bytes, size_t n)
{
	bool found = false;
	size_t i;

	if (!active)
		return false;
	for (i = 0; i < n && !found; i++) {
		if (bytes[i] == '\n') {
			found = matches();
			length = 0;
		} else if (bytes[i] && bytes[i] != '\r' &&
			   length < MAX_LINE - 1) {
			line[length++] = bytes[i];
		}
	}
	if (!found && length)
		found = matches();
	active = !found;
	return found;
}
