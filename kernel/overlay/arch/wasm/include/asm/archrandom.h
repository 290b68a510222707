/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_ARCHRANDOM_H
#define _ASM_WASM_ARCHRANDOM_H

#include <asm/host.h>

static inline size_t __must_check
arch_get_random_longs(unsigned long *v, size_t max_longs)
{
	return 0;
}

/* The host's random bytes seed ours. */
static inline size_t __must_check
arch_get_random_seed_longs(unsigned long *v, size_t max_longs)
{
	return wasm_ext_random(v, max_longs * sizeof(*v)) / sizeof(*v);
}
#endif
