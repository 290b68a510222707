// SPDX-License-Identifier: Apache-2.0
/* switch.c: two tasks take turns; one is released, its place used again. */
#include "guest.h"

#define ROUNDS 1000

static struct task_struct other;
static u32 turns;

static void take_turns(void)
{
	while (1) {
		u32 last;

		turns++;
		last = wasm_serialize_tasks(&other, &init_task);
		check(last == (u32)(uintptr_t)&init_task, "who switched here");
	}
}

static void one_life(void)
{
	u32 i, last;

	turns = 0;
	other.run = take_turns;
	last = wasm_create_and_run_task(&init_task, &other, "other", 0, 0, 0,
					0);
	for (i = 1; i < ROUNDS; i++) {
		check(last == (u32)(uintptr_t)&other, "who switched back");
		check(turns == i, "number of turns");
		last = wasm_serialize_tasks(&init_task, &other);
	}
	wasm_release_task(&other);
}

void boot(void)
{
	one_life();
	one_life();
	finish("SUCCESS");
}
