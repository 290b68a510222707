/* SPDX-License-Identifier: MIT */
/*
 * The entry gets nothing but __stack_pointer, which points at argc. A C function
 * would move it first.
 */
__asm__(
".section .text." START ",\"\",@\n"
".globaltype __stack_pointer, i32\n"
".functype " START "_c (i32) -> ()\n"
".globl " START "\n"
".type " START ",@function\n"
START ":\n"
"	.functype " START " () -> ()\n"
"	global.get __stack_pointer\n"
"	call " START "_c\n"
"	unreachable\n"
"	end_function\n"
);
