// SPDX-License-Identifier: Apache-2.0
/* release_self.c: a task releases itself and still makes its last switch. */
#include "guest.h"

static struct task_struct other;
static volatile u32 runs;

static void die(void)
{
	runs++;
	wasm_release_task(&other);
	wasm_serialize_tasks(&other, &init_task);
	finish("FAILED: a dead task runs");
}

void boot(void)
{
	u32 i;

	other.run = die;
	for (i = 0; i < 300; i++)
		wasm_create_and_run_task(&init_task, &other, "mayfly", 0, 0, 0,
					 0);
	check(runs == 300, "number of lives");
	finish("SUCCESS");
}
