/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_ENTRY_COMMON_H
#define _ASM_WASM_ENTRY_COMMON_H

/*
 * kernel/entry/common.c turns interrupts off on the way to user mode; the stubs
 * in kernel/entry.c turn them on with the last thing they do.
 */
#include <asm/stacktrace.h>
#endif
