// SPDX-License-Identifier: Apache-2.0
/* level.c: the ways to compile a module, see level.h. */
#include <stddef.h>
#include <string.h>

#include "level.h"

#define OPTIONS(...) (const char *const[]){ __VA_ARGS__, NULL }

/* Without "key instructions": they leave out lines that only load. */
#define LINES "-gline-tables-only", "-gno-key-instructions"

/*
 * In front of each function's code: what a caller had in these registers is not
 * known any more. Without being told so, gdb takes what is in them now for the
 * variables of callers.
 */
#define CALLER_SAVED \
	"-DCALLER_SAVED=__asm__ volatile(\".cfi_undefined rax; " \
	".cfi_undefined rcx; .cfi_undefined rdx; .cfi_undefined rsi; " \
	".cfi_undefined rdi; .cfi_undefined r8; .cfi_undefined r9; " \
	".cfi_undefined r10; .cfi_undefined r11; .cfi_undefined xmm0; " \
	".cfi_undefined xmm1; .cfi_undefined xmm2; .cfi_undefined xmm3\")"

/*
 * Passes of clang: what they find, the compiler of the module has found before, or it
 * pays only in code that one waits for. Without them a module is made a tenth sooner.
 */
#define NOT_WORTH_IT \
	"-opt-disable=ipsccp,called-value-propagation,globalopt,function-attrs," \
	"sccp,bdce,reassociate,memcpyopt,loop-rotate,licm,simple-loop-unswitch," \
	"loop-idiom,indvars,loop-deletion,loop-unroll-full"
/* Of the stack's slots, which wasm's locals, in registers, do not need. */
#define NO_LIFETIMES "-Xclang", "-disable-lifetime-markers"

const struct level levels[] = {
	{ "release", "fast to run",
	  OPTIONS("-O2"), OPTIONS(LINES), false },
	{ "debug", "fast to make, and every line can be stepped to",
	  /* Pointers are passed as the numbers that they are; a call in the end of
	   * a function is one, or debuggers would stop where the callee has no
	   * frame yet, and not know the caller. */
	  OPTIONS("-O1", "-Wno-int-conversion", CALLER_SAVED,
		  "-fno-optimize-sibling-calls"),
	  OPTIONS(LINES, "-g", "-mllvm", NOT_WORTH_IT, NO_LIFETIMES), true },
	{ "check", "release, in which every store can be watched",
	  OPTIONS("-O2", "-DGUEST_CHECKS"),
	  OPTIONS(LINES), false },
	{ "tsan", "for the runner's --sanitize=thread",
	  OPTIONS("-O1", "-fsanitize=thread", "-DGUEST_TSAN"),
	  OPTIONS(LINES), false },
	{ 0 }
};

const struct level *level_find(const char *name)
{
	const struct level *l = levels;

	while (name && l->name && strcmp(l->name, name))
		l++;
	return l->name ? l : NULL;
}
