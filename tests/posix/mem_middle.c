// SPDX-License-Identifier: Apache-2.0
/* munmap of a mapping's middle. */
#include <sys/mman.h>
#include "t.h"

int main(void)
{
	unsigned char *p = mmap(NULL, 5 * 4096, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	MUST(p != MAP_FAILED);
	memset(p, 1, 5 * 4096);
	CALL(munmap(p + 2 * 4096, 4096));
	IS(p[0] == 1 && p[2 * 4096 - 1] == 1);
	IS(p[3 * 4096] == 1 && p[5 * 4096 - 1] == 1);
	CALL(munmap(p, 2 * 4096));
	CALL(munmap(p + 3 * 4096, 2 * 4096));
	return 0;
}
