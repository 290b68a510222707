// SPDX-License-Identifier: Apache-2.0
/* no_kernel.c: what the runner must refuse, by -D. */
#ifdef wrong_type
#define wasm_panic right_wasm_panic
#endif
#include "guest.h"

#ifdef unknown_import
__attribute__((import_module("env"), import_name("wasm_no_such_call")))
u32 no_such_call(u32 n);
#endif

#ifdef wrong_type
__attribute__((import_module("env"), import_name("wasm_panic")))
u64 wrong_call(u64 n);
#endif

#ifdef starts_badly /* by the module's start section */
__attribute__((export_name("starts_badly"))) void trap(void)
{
	__builtin_trap();
}
#endif

void boot(void)
{
#ifdef unknown_import
	no_such_call(1);
#endif
#ifdef wrong_type
	wrong_call(1);
#endif
	finish("FAILED: this is no kernel");
}
