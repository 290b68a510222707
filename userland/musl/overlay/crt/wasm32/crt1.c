/* SPDX-License-Identifier: MIT */
/* crt1.c: from the kernel's entry to main(). */
#include <features.h>
#include "libc.h"

#define START "_start"

#include "crt_arch.h"

int __libc_start_main(int (*)(int, char **, char **), int, char **,
		      void (*)(void), void (*)(void), void (*)(void));
int __main_void(void);

/* Made by the linker: it runs the constructors. */
void __wasm_call_ctors(void);

hidden void __libc_start_init(void)
{
	__wasm_call_ctors();
}

/* Destructors are registered with atexit() by constructors. */
hidden void __libc_exit_fini(void)
{
}

hidden int __main_argc;
hidden char **__main_argv;

static int call_main(int argc, char **argv, char **envp)
{
	__main_argc = argc;
	__main_argv = argv;
	return __main_void();
}

hidden void _start_c(long *p)
{
	__libc_start_main(call_main, p[0], (char **)(p + 1), 0, 0, 0);
}
