// SPDX-License-Identifier: Apache-2.0
/* hello.c: command line, initramfs, clocks, random bytes, the end. */
#include "guest.h"

static u32 words[4];

void boot(void)
{
	u64 a = wasm_cpu_clock_get_monotonic();
	u64 b = wasm_cpu_clock_get_monotonic();
	const char *line = boot_command_line;

	while (*line && *line != 'g')
		line++;
	print(line); /* "guest-parameter" */
	print("\n");
	check(b >= a, "the clock goes back");
	check(wasm_ext_clock_realtime() > 1700000000000000000ull, "the date");
	check(initrd_end > initrd_start, "no initramfs");
	check(*(u32 *)(uintptr_t)initrd_start == 0x37303730, /* "0707" */
	      "another initramfs");
	check(wasm_ext_random(words, sizeof(words)) == sizeof(words) &&
	      (words[0] | words[1] | words[2] | words[3]), "random bytes");
	print("random ");
	print_number(words[0]);
	print("\n");
	check(wasm_driver_hvc_get((char *)words, 4) <= 4, "console input");
	finish("SUCCESS");
}
