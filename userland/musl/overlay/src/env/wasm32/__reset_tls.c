/* SPDX-License-Identifier: MIT */
#include "pthread_impl.h"

void __wasm_init_tls(void *base);

/* Between two calls of a timer's function, on the same thread. */
void __reset_tls(void)
{
	__wasm_init_tls(__builtin_wasm_tls_base());
}
