// SPDX-License-Identifier: Apache-2.0
/* bad_switch.c: a switch to what is no task ends the machine with a report. */
#include "guest.h"

void boot(void)
{
	wasm_serialize_tasks(&init_task, (void *)0x123400);
}
