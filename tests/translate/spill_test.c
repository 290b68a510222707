// SPDX-License-Identifier: Apache-2.0
/* spill_test.c: expressions of DWARF before and after spill_correct(). */
#include <stdio.h>
#include <string.h>

#include "dwarf.h"
#include "spill.h"

#define MASK DW_OP_constu, 0xff, 0xff, 0xff, 0xff, 0x0f
#define ALL DW_OP_plus, DW_OP_stack_value
#define BYTES(...) { __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ })

static const struct {
	const char *name;
	uint8_t before[40];
	size_t n;
	uint8_t after[40];
	size_t nafter; /* 0: it stays as it is */
} tests[] = {
	{ "below the frame pointer",
	  BYTES(DW_OP_breg6, 0, MASK, DW_OP_and, DW_OP_constu, 0x50, DW_OP_minus,
		DW_OP_deref, DW_OP_lit3, ALL),
	  BYTES(DW_OP_breg6, 0xb0, 0x7f, DW_OP_deref, MASK, DW_OP_and, DW_OP_nop,
		DW_OP_nop, DW_OP_lit3, ALL) },
	{ "above the stack pointer",
	  BYTES(DW_OP_breg7, 0, MASK, DW_OP_and, DW_OP_plus_uconst, 0x90, 1,
		DW_OP_deref, DW_OP_stack_value),
	  BYTES(DW_OP_breg7, 0x90, 1, DW_OP_deref, MASK, DW_OP_and, DW_OP_nop,
		DW_OP_nop, DW_OP_stack_value) },
	{ "a small constant and a small mask",
	  BYTES(DW_OP_breg6, 0, DW_OP_constu, 0xff, 1, DW_OP_and, DW_OP_lit8,
		DW_OP_minus, DW_OP_deref),
	  BYTES(DW_OP_breg6, 0x78, DW_OP_deref, DW_OP_constu, 0xff, 1, DW_OP_and,
		DW_OP_nop, DW_OP_nop) },
	{ "the second of two",
	  BYTES(DW_OP_breg3, 0, MASK, DW_OP_and, DW_OP_breg6, 0, MASK, DW_OP_and,
		DW_OP_lit16, DW_OP_minus, DW_OP_deref, ALL),
	  BYTES(DW_OP_breg3, 0, MASK, DW_OP_and, DW_OP_breg6, 0x70, DW_OP_deref,
		MASK, DW_OP_and, DW_OP_nop, DW_OP_nop, ALL) },
	{ "an address of the guest",
	  BYTES(DW_OP_breg3, 0, MASK, DW_OP_and, DW_OP_plus_uconst, 8, DW_OP_deref),
	  { 0 }, 0 },
	{ "a value without a mask",
	  BYTES(DW_OP_breg6, 0x50, DW_OP_deref, DW_OP_stack_value), { 0 }, 0 },
	{ "one that ends early",
	  BYTES(DW_OP_breg6, 0, MASK, DW_OP_and, DW_OP_constu), { 0 }, 0 },
};

int main(void)
{
	size_t i, failures = 0;

	for (i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		uint8_t place[40];
		const uint8_t *wanted = tests[i].nafter ? tests[i].after :
							  tests[i].before;

		memcpy(place, tests[i].before, sizeof(place));
		spill_correct((struct wasm_slice){ place, tests[i].n });
		if (!memcmp(place, wanted, sizeof(place)) &&
		    (!tests[i].nafter || tests[i].nafter == tests[i].n))
			continue;
		printf("%s: it is another one\n", tests[i].name);
		failures++;
	}
	printf("%zu of %zu\n", i - failures, i);
	return failures != 0;
}
