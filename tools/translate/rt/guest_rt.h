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
/* Old size in pages, or ~0 when there is no room. */
uint64_t wasm_rt_grow_memory_shared(wasm_rt_shared_memory_t *memory,
				    uint64_t pages);
/* All entries null. */
void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table,
				    uint32_t size, uint32_t max_size);
void wasm_rt_allocate_externref_table(wasm_rt_externref_table_t *table,
				      uint32_t size, uint32_t max_size);

#endif
