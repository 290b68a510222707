/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_CACHEFLUSH_H
#define _ASM_WASM_CACHEFLUSH_H

#include <linux/string.h>
#include <asm/guard.h>

/* Another task's memory: zeros are read where it has a guard. */
#define copy_to_user_page(vma, page, vaddr, dst, src, len) do {         \
	if (!wasm_guarded(dst, len))                                    \
		memcpy(dst, src, len);                                  \
} while (0)
#define copy_from_user_page(vma, page, vaddr, dst, src, len) do {       \
	if (wasm_guarded(src, len))                                     \
		memset(dst, 0, len);                                    \
	else                                                            \
		memcpy(dst, src, len);                                  \
} while (0)

#include <asm-generic/cacheflush.h>
#endif
