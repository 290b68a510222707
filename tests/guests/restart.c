// SPDX-License-Identifier: Apache-2.0
/* restart.c: the end's status is the guest's choice. */
#include "guest.h"

void boot(void)
{
	wasm_ext_machine_end(WASM_END_RESTART);
}
