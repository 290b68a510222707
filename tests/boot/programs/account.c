/* SPDX-License-Identifier: Apache-2.0 */
/* Has processes that end written to a file, or no longer without one. */
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (!acct(argc > 1 ? argv[1] : NULL))
		return 0;
	perror("acct");
	return 1;
}
