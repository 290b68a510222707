// SPDX-License-Identifier: Apache-2.0
/* guest_end.c: the linker takes this file last: here the text ends. */
__asm__(".text\n"
	".globl guest_text_end\n"
	".hidden guest_text_end\n"
	"guest_text_end:\n"
	"	nop\n");
