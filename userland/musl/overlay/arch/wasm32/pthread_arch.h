/* SPDX-License-Identifier: MIT */
/*
 * The thread pointer is LLVM's __tls_base, which the kernel keeps per thread:
 * struct pthread lies directly below the thread's _Thread_local variables.
 */
static inline uintptr_t __get_tp(void)
{
	return (uintptr_t)__builtin_wasm_tls_base();
}

#define TLS_ABOVE_TP
#define GAP_ABOVE_TP 0

/* There is no program counter that could be changed. */
#define MC_PC pc
