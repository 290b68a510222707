/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guest_module.h: what a translated module (.so) tells the runner about itself.
 *
 * The translator writes one `const struct guest_module guest_module` into each
 * shared object; the runner finds it with dlsym(). An instance is plain memory:
 * it may be copied with memcpy(), after which import() must be called to bind
 * the copy to its own environment.
 */
#ifndef GUEST_MODULE_H
#define GUEST_MODULE_H

#include <stdint.h>

#define GUEST_MODULE_SYMBOL "guest_module"
#define GUEST_MODULE_ABI 5

/*
 * uint64_t, in each shared object: where the data of the image is that debuggers are to
 * show; the locations of its variables count from it. GUEST_DATA_NOWHERE, of which no
 * address can be read: nobody says which of several.
 */
#define GUEST_DATA_BASE_SYMBOL "guest_data_base"
#define GUEST_DATA_NOWHERE (UINT64_C(1) << 63)

enum guest_kind { GUEST_FUNC, GUEST_TABLE, GUEST_MEMORY, GUEST_GLOBAL, GUEST_TAG };

/*
 * type: a function's is its results, ':', its parameters, one letter each, as
 * in "i:iij" (i = i32, j = i64, f = f32, d = f64); a global's is one letter,
 * followed by 'm' when it is mutable.
 */
struct guest_import {
	const char *module, *name;
	enum guest_kind kind;
	const char *type;
};

struct guest_export {
	const char *name;
	enum guest_kind kind;
	const char *type;
	/* GUEST_FUNC: called with the instance as first argument. */
	void (*func)(void);
	/* Others: offset in the instance of the object itself, or, when
	 * indirect is set, of a pointer to it (an imported one). */
	uint32_t offset;
	uint32_t indirect;
};

/* A function: where it is in the shared object and where in the module. */
struct guest_function {
	uint32_t text, text_size; /* from text_start */
	uint32_t code, code_size; /* from the start of the code section */
};

struct guest_module {
	uint32_t abi; /* GUEST_MODULE_ABI */
	uint32_t instance_size;
	/* The part of an instance that says where exceptions go: like registers, it
	 * belongs to the calls in progress. */
	uint32_t exception, exception_size;
	const struct guest_import *imports;
	const struct guest_export *exports; /* sorted by name (strcmp) */
	uint32_t nimports, nexports;
	/* The memory that it imports or defines, in pages of 64 KiB. */
	uint32_t memory_min, memory_max;
	/* Lowest address of a data segment, or ~0 if there is none or it is
	 * not constant. */
	uint32_t data_low;
	/* MEM_INFO of a dylink.0 section; has_dylink is 0 without one. The
	 * alignments are powers of two, as exponents. */
	uint32_t has_dylink, mem_size, mem_align, table_size, table_align;
	/* Bind imports to env: calls host_memory(env) and the like. */
	void (*import)(void *instance, void *env);
	/* Zero, import(), tables, segments, start function. */
	void (*instantiate)(void *instance, void *env);
	/* Text of the module: [text_start, text_end). */
	const char *text_start, *text_end;
	/* What it defines, sorted by text. */
	const struct guest_function *functions;
	uint32_t nfunctions;
};

#endif
