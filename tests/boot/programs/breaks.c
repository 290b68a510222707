/* SPDX-License-Identifier: Apache-2.0 */
/* Says by prctl() that its heap is where nothing is, and gives that back. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOWHERE 0x10000
#define SIZE 0x10000

int main(void)
{
	static char bytes[16];
	uintptr_t low = (uintptr_t)bytes, high = low + sizeof(bytes);
	struct prctl_mm_map map = {
		.start_code = low, .end_code = high,
		.start_data = low, .end_data = high,
		.start_brk = NOWHERE, .brk = NOWHERE + SIZE,
		.start_stack = high,
		.arg_start = low, .arg_end = high,
		.env_start = low, .env_end = high,
		.exe_fd = -1,
	};

	if (prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0)) {
		perror("prctl");
		return 1;
	}
	printf("%lx\n", (long)syscall(SYS_brk, NOWHERE));
	return 0;
}
