/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wasm.h: a reader of WebAssembly modules that may be damaged or hostile.
 *
 * It checks the bounds of everything it reads and never reads past the end,
 * but it is no validator: types and indices inside function bodies are left to
 * wasm2c, which validates. Slices point into the caller's bytes.
 */
#ifndef TRANSLATE_WASM_H
#define TRANSLATE_WASM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "failure.h"

enum wasm_section {
	WASM_CUSTOM, WASM_TYPE, WASM_IMPORT, WASM_FUNCTION, WASM_TABLE,
	WASM_MEMORY, WASM_GLOBAL, WASM_EXPORT, WASM_START, WASM_ELEM,
	WASM_CODE, WASM_DATA, WASM_DATACOUNT, WASM_TAG, WASM_NSECTIONS
};

enum { WASM_I32 = 0x7f, WASM_I64 = 0x7e, WASM_F32 = 0x7d, WASM_F64 = 0x7c };

/* What an import, an export or an index space is about, as encoded. */
enum wasm_kind { WASM_K_FUNC, WASM_K_TABLE, WASM_K_MEMORY, WASM_K_GLOBAL,
		 WASM_K_TAG, WASM_NKINDS };

struct wasm_slice {
	const uint8_t *p;
	size_t n;
};

struct wasm_functype {
	struct wasm_slice params, results; /* one byte per value type */
};

struct wasm_import {
	struct wasm_slice module, name;
	struct wasm_slice desc; /* kind byte and what follows it */
	enum wasm_kind kind;
	uint32_t index; /* in the index space of its kind */
};

struct wasm_export {
	struct wasm_slice name;
	enum wasm_kind kind;
	uint32_t index;
};

struct wasm_global {
	uint8_t type;
	bool is_mutable;
};

struct wasm_data {
	struct wasm_slice head; /* mode and offset, everything before the size */
	struct wasm_slice bytes;
	bool has_address; /* active, at a constant address */
	uint32_t address;
};

struct wasm_module {
	struct wasm_slice bytes; /* all of it */
	struct wasm_slice section[WASM_NSECTIONS]; /* p == NULL: absent */
	uint32_t order[WASM_NSECTIONS]; /* ids in order of appearance */
	uint32_t nsections;

	struct wasm_functype *types;
	struct wasm_import *imports;
	struct wasm_export *exports;
	struct wasm_global *globals;   /* imported ones first */
	struct wasm_data *data;
	struct wasm_slice *bodies;     /* of the functions that it defines */
	struct wasm_slice *func_names; /* all functions; p == NULL: unnamed */
	uint32_t *func_types;	       /* all functions, imported ones first */
	uint32_t *tag_types;
	uint32_t ntypes, nimports, nexports, nglobals, ndata, nbodies;
	uint32_t count[WASM_NKINDS];	/* sizes of the index spaces */
	uint32_t imported[WASM_NKINDS]; /* how many of them are imported */

	bool memory_shared;
	uint32_t memory_min, memory_max;
	bool has_start;
	uint32_t start;

	bool has_dylink;
	uint32_t mem_size, mem_align, table_size, table_align;
};

/* A cursor. After bad is set, every read gives 0 and p stays at end. */
struct wasm_reader {
	const uint8_t *p, *end;
	bool bad;
	const char *why; /* NULL: damaged; else what is not supported */
};

struct wasm_insn {
	uint16_t op;	 /* 0xfc, 0xfe prefix in the high byte */
	uint64_t imm;	 /* first index, constant or memory offset */
	const uint8_t *start;
	int nesting;	 /* +1 opens a block, -1 closes one */
};

enum {
	WASM_OP_UNREACHABLE = 0x00, WASM_OP_BLOCK = 0x02, WASM_OP_LOOP = 0x03,
	WASM_OP_IF = 0x04, WASM_OP_ELSE = 0x05, WASM_OP_TRY = 0x06,
	WASM_OP_CATCH = 0x07, WASM_OP_THROW = 0x08, WASM_OP_RETHROW = 0x09,
	WASM_OP_THROW_REF = 0x0a, WASM_OP_END = 0x0b, WASM_OP_BR = 0x0c,
	WASM_OP_BR_IF = 0x0d, WASM_OP_BR_TABLE = 0x0e, WASM_OP_RETURN = 0x0f,
	WASM_OP_CALL = 0x10, WASM_OP_DELEGATE = 0x18, WASM_OP_CATCH_ALL = 0x19,
	WASM_OP_DROP = 0x1a, WASM_OP_TRY_TABLE = 0x1f, WASM_OP_LOCAL_GET = 0x20,
	WASM_OP_LOCAL_SET = 0x21, WASM_OP_LOCAL_TEE = 0x22,
	WASM_OP_GLOBAL_GET = 0x23, WASM_OP_GLOBAL_SET = 0x24,
	WASM_OP_I32_CONST = 0x41, WASM_OP_I64_CONST = 0x42,
	WASM_OP_REF_FUNC = 0xd2, WASM_OP_MEMORY_INIT = 0xfc08,
	WASM_OP_MEMORY_FILL = 0xfc0b, WASM_OP_NOTIFY = 0xfe00,
	WASM_OP_WAIT32 = 0xfe01, WASM_OP_WAIT64 = 0xfe02
};

/*
 * Read a module. 0, or -1 with *failure saying why it cannot be translated.
 * wasm_module_free() in both cases.
 */
int wasm_module_read(struct wasm_module *m, const void *bytes, size_t n,
		     struct failure *failure);
void wasm_module_free(struct wasm_module *m);

uint8_t wasm_read_byte(struct wasm_reader *r);
uint32_t wasm_read_u32(struct wasm_reader *r);
uint64_t wasm_read_leb(struct wasm_reader *r, unsigned int bits, bool is_signed);
struct wasm_slice wasm_read_bytes(struct wasm_reader *r, size_t n);
struct wasm_slice wasm_read_name(struct wasm_reader *r);
/* A count of things that take at least one byte each. */
uint32_t wasm_read_count(struct wasm_reader *r);
/* The declarations of locals at the start of a body; there are few enough. */
void wasm_skip_locals(struct wasm_reader *r);

/* Types of a function's parameters, by the number of its body. */
struct wasm_slice wasm_params(const struct wasm_module *m, uint32_t body);

/* The type of its local of that number; 0: it has none. */
unsigned int wasm_local_type(const struct wasm_module *m, uint32_t body, uint64_t n);

/* The number of the body at that offset in the code section, or UINT32_MAX. */
uint32_t wasm_find_body(const struct wasm_module *m, uint64_t offset);
/* One instruction; false at the end and when r->bad. */
bool wasm_read_insn(struct wasm_reader *r, struct wasm_insn *ret);
/* A constant expression with its end; true if it is one i32.const. */
bool wasm_read_const(struct wasm_reader *r, uint32_t *ret);
/* "is damaged" or what is not supported, as a failure of this reader. */
int wasm_reader_fail(const struct wasm_reader *r, const char *where,
		     struct failure *failure);

bool wasm_slice_is(struct wasm_slice s, const char *text);

/* Contents of the first custom section of that name; p == NULL: none. */
struct wasm_slice wasm_custom_section(const struct wasm_module *m,
				      const char *name);

#endif
