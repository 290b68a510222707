/* SPDX-License-Identifier: Apache-2.0 */
/* Takes memory, in pieces of a page, until there is none and for ever. */
#include <string.h>
#include <sys/mman.h>

int main(void)
{
	while (1) {
		char *page = mmap(0, 4096, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (page != MAP_FAILED)
			memset(page, 1, 4096);
	}
}
