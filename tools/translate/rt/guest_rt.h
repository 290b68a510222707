/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guest_rt.h: the types that a translated module and its runner share, and the
 * functions that the runner supplies. The names are those of wasm2c's output.
 */
#ifndef GUEST_RT_H
#define GUEST_RT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
	WASM_RT_TRAP_NONE,
	WASM_RT_TRAP_OOB,
	WASM_RT_TRAP_INT_OVERFLOW,
	WASM_RT_TRAP_DIV_BY_ZERO,
	WASM_RT_TRAP_INVALID_CONVERSION,
	WASM_RT_TRAP_UNREACHABLE,
	WASM_RT_TRAP_CALL_INDIRECT,
	WASM_RT_TRAP_NULL_REF,
	WASM_RT_TRAP_UNCAUGHT_EXCEPTION,
	WASM_RT_TRAP_UNALIGNED,
	WASM_RT_TRAP_EXHAUSTION,
} wasm_rt_trap_t;

/* The one memory. Guest addresses are host addresses, so there is no base;
 * pages (64 KiB each) is what memory.size tells. */
typedef struct {
	volatile uint64_t pages, max_pages;
} wasm_rt_memory_t;
typedef wasm_rt_memory_t wasm_rt_shared_memory_t;

typedef void (*wasm_rt_function_ptr_t)(void);

/* 32 bytes that identify a function type; compared by address, then content. */
typedef const char *wasm_rt_func_type_t;

/* func takes the caller's instance as first argument: all instances of a
 * module can share a table. */
typedef struct {
	wasm_rt_func_type_t func_type;
	wasm_rt_function_ptr_t func;
} wasm_rt_funcref_t;

typedef void *wasm_rt_externref_t;

typedef struct {
	wasm_rt_funcref_t *data;
	uint32_t max_size, size;
} wasm_rt_funcref_table_t;

typedef struct {
	wasm_rt_externref_t *data;
	uint32_t max_size, size;
} wasm_rt_externref_table_t;

/* Supplied by the runner. */
void wasm_rt_trap(wasm_rt_trap_t trap) __attribute__((noreturn));
/* The same, of an access to this guest address. */
void wasm_rt_trap_access(wasm_rt_trap_t trap, uint64_t a)
	__attribute__((noreturn));
/* WASM_RT_TRAP_CALL_INDIRECT, of this entry, which may be beyond the end. */
void wasm_rt_trap_call(const wasm_rt_funcref_table_t *table, uint32_t i)
	__attribute__((noreturn));
/* Old size in pages, or ~0 when there is no room. */
uint64_t wasm_rt_grow_memory_shared(wasm_rt_shared_memory_t *memory,
				    uint64_t pages);
/* All entries null. */
void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table,
				    uint32_t size, uint32_t max_size);
void wasm_rt_allocate_externref_table(wasm_rt_externref_table_t *table,
				      uint32_t size, uint32_t max_size);

/* Supplied by the runner. Not 0: the CPU has AVX. */
extern uint8_t guest_wide;

/*
 * Checked stores (guest_check.h). At fixed addresses, for the sake of speed: a
 * byte of marks for each byte of the 8 GiB at which a store can begin, and one
 * for each 256 bytes; a clock, in units of the runner's choice; the last write to
 * each word of the 4 GiB. All are the runner's: mapped before a module is loaded,
 * the last if something is marked GUEST_MARK_LAST. A store is found by its first
 * byte, so marks of an object begin at the 7 bytes before it.
 *
 * Marks are not at the same place of a page as what they are of: CPUs that
 * compare no more than that of addresses would have them wait for stores.
 */
#define GUEST_MARKS_START ((uintptr_t)8 << 30)
#define GUEST_MARKS (GUEST_MARKS_START + 0x900)
#define GUEST_MARKS_END (((uintptr_t)16 << 30) + 4096)
#define GUEST_SHADOW ((uintptr_t)24 << 30)
#define GUEST_SHADOW_SIZE ((uintptr_t)16 << 30)
#define GUEST_GRANULES ((uintptr_t)40 << 30)
#define GUEST_GRANULE_SHIFT 8
#define GUEST_GRANULES_SIZE ((uintptr_t)1 << (33 - GUEST_GRANULE_SHIFT))
#define GUEST_CLOCK (GUEST_GRANULES + GUEST_GRANULES_SIZE)

#define GUEST_MARK_EXACT 1u	/* guest_wrote() wants to know */
#define GUEST_MARK_LAST 2u	/* the last write to each word is kept */

struct last_write {
	uint32_t pc_low;	/* of the instruction behind the store; 0: none */
	uint32_t writer;	/* guest_writer of the thread */
	uint32_t time;		/* as the clock had it */
	uint32_t old_value;	/* of the word */
};

/* Supplied by the runner. After a store of size bytes (1 to 8) at a: what was
 * there, what is there, the address behind the store's instruction. */
void guest_wrote(uint64_t a, uint64_t old_value, uint64_t new_value,
		 uint32_t size, const void *pc);
extern _Thread_local uint32_t guest_writer
	__attribute__((tls_model("initial-exec")));

#endif
