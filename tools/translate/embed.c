// SPDX-License-Identifier: Apache-2.0
/* embed.c: the files of rt/ and others; the assembler looks where -I says. */
#include <stddef.h>

#include "embed.h"

#define FILES(X)                            \
	X(guest_rt_h, "guest_rt.h")         \
	X(guest_ops_h, "guest_ops.h")       \
	X(guest_num_h, "guest_num.h")       \
	X(guest_ref_h, "guest_ref.h")       \
	X(guest_check_h, "guest_check.h")   \
	X(guest_check_c, "guest_check.c")   \
	X(guest_rt_c, "guest_rt.c")         \
	X(guest_end_c, "guest_end.c")       \
	X(guest_module_h, "guest_module.h") \
	X(stack_js, "stack.js")             \
	X(sources_sum, "sources.sum")

#define CONTENTS(id, name)                                                    \
	__asm__(".section .rodata\n"                                          \
		".hidden embedded_" #id "\n.globl embedded_" #id "\n"         \
		"embedded_" #id ":\n.incbin \"" name "\"\n"                   \
		".hidden embedded_" #id "_end\n.globl embedded_" #id "_end\n" \
		"embedded_" #id "_end:\n.byte 0\n.text\n");                   \
	extern const char embedded_##id[], embedded_##id##_end[];

FILES(CONTENTS)

const struct embedded_file embedded_files[] = {
#define ENTRY(id, name) { name, embedded_##id, embedded_##id##_end },
	FILES(ENTRY)
	{ NULL, NULL, NULL }
};
