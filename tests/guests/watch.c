// SPDX-License-Identifier: Apache-2.0
/* watch.c: writes of all kinds, each in a function of its own, to be watched (by
 * tests/watch). */
#include "guest.h"

#define WRITER static __attribute__((noinline)) void

struct inner {
	char name[4];
	u32 count;
};

struct outer {
	u64 first;
	struct inner inner[2];
	union {
		u32 flags;
		char bytes[4];
	};
};

struct outer watched;
static volatile u32 plain;
static char area[1024] = "as it was", source[400];
static char filled[8192], copied[8192];
static struct task_struct task;

WRITER write_plain(u32 value)
{
	plain = value;
}

WRITER write_byte(void)
{
	((volatile char *)&plain)[1] = 0x55;
}

WRITER write_member(void)
{
	((volatile struct outer *)&watched)->inner[1].count = 7;
}

WRITER write_flags(void)
{
	((volatile struct outer *)&watched)->flags = 0x80;
}

WRITER add_atomic(void)
{
	__atomic_fetch_add(&watched.first, (u64)5 << 32, __ATOMIC_SEQ_CST);
}

WRITER swap_atomic(void)
{
	u64 expected = (u64)5 << 32;

	__atomic_compare_exchange_n(&watched.first, &expected, 9, 0,
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

WRITER copy_over(u32 n)
{
	__builtin_memcpy(area + 100, source, n);
}

WRITER move_over(u32 n)
{
	__builtin_memmove(area + 300, area + 100, n);
}

WRITER fill_over(u32 n)
{
	__builtin_memset(area + 100, 'z', n);
}

WRITER fill_large(u32 n)
{
	__builtin_memset(filled + 200, 'z', n);
}

WRITER copy_large(u32 n)
{
	__builtin_memcpy(copied + 200, filled + 200, n);
}

WRITER spin(u32 n)
{
	while (n--)
		plain = n;
}

/* A fault at an address that was written to before. */
WRITER add_unaligned(void)
{
	__atomic_fetch_add((u32 *)(uintptr_t)((u32)&plain + 1), 1,
			   __ATOMIC_SEQ_CST);
}

/* What follows that word on the command line, or NULL. */
static const char *parameter(const char *word)
{
	const char *p;
	u32 n;

	for (p = boot_command_line; *p; p++) {
		for (n = 0; word[n] && p[n] == word[n]; n++)
			;
		if (!word[n])
			return p + n;
	}
	return NULL;
}

static u32 number(const char *digits)
{
	u32 n = 0;

	while (*digits >= '0' && *digits <= '9')
		n = 10 * n + (u32)(*digits++ - '0');
	return n;
}

/* For a record of writers: each is another one. */
static void change_name(u32 n)
{
	while (n--)
		wasm_ext_task_name(n & 1 ? "left" : "right");
}

/* For tests/bench/watching.py: nanoseconds that so many writes take. */
static void measure(u32 n)
{
	u64 began;

	began = wasm_cpu_clock_get_monotonic();
	spin(n);
	print("spinning ");
	print_number(wasm_cpu_clock_get_monotonic() - began);
	finish(" ns");
}

static void other_task(void)
{
	write_plain(3);
	wasm_release_task(&task);
	wasm_serialize_tasks(&task, &init_task);
	__builtin_trap();
}

void boot(void)
{
	u32 i;

	if (parameter("spin="))
		measure(number(parameter("spin=")));
	write_plain(1);
	write_plain(1);
	task.run = other_task;
	wasm_create_and_run_task(&init_task, &task, "other", 0, 0, 0, 0);
	write_byte();
	write_member();
	write_flags();
	add_atomic();
	swap_atomic();
	for (i = 0; i < 400; i++)
		source[i] = (char)i;
	copy_over(400);
	move_over(400);
	fill_over(400);
	fill_large(5000);
	copy_large(5000);
	for (i = 0; i < 400; i++)
		check(area[100 + i] == 'z', "the filled area");
	for (i = 0; i < 200; i++)
		check(area[500 + i] == (char)(200 + i), "the moved area");
	for (i = 0; i < 8192; i++)
		check(copied[i] == (i >= 200 && i < 5200 ? 'z' : 0),
		      "the large copy");
	spin(1000);
	if (parameter("names="))
		change_name(number(parameter("names=")));
	if (parameter("late"))
		spin(1);
	if (parameter("fault"))
		add_unaligned();
	finish("SUCCESS");
}
