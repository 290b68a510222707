// SPDX-License-Identifier: Apache-2.0
/* main.c: options, then the machine. */
#include <malloc.h>
#include <unistd.h>

#include "machine.h"
#include "sanitize.h"

int main(int argc, char **argv)
{
	static struct machine machine;
	static struct options options;

	options_parse(&options, argc, argv);
	if (options.sanitizer)
		sanitize_exec(options.sanitizer, argv);
	if (options.debugger) {
		/* What takes long or fails is not to happen inside of it. */
		machine_translate(&options);
		debugger_exec(options.debugger, argv);
	}
	/* Else each of the first threads reserves 64 MB, and core dumps show that. */
	mallopt(M_ARENA_MAX, 2);
	/* Threads of the guest are still there: nothing is torn down. */
	_exit(machine_run(&machine, &options));
}
