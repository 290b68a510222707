// SPDX-License-Identifier: Apache-2.0
/* jump.c: out of the guest's frames. */
#include "jump.h"

/* Of the jump that is under way. */
static _Thread_local struct {
	int value;
	size_t depth;
} landing;

NOT_SANITIZED void jump_to(struct jump *jump, int value)
{
	landing.value = value;
	landing.depth = jump->depth;
	__builtin_longjmp(jump->env, 1);
}

NOT_SANITIZED int jump_landed(void)
{
	sanitize_set_depth(landing.depth);
	return landing.value;
}
