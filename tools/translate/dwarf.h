/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dwarf.h: a reader of DWARF 4 and 5 in WebAssembly modules (dwarfstd.org and
 * "DWARF for WebAssembly": an address of code is an offset in the code
 * section), and, but for addresses, in what LLVM makes of them.
 *
 * It is made for input that may be damaged or hostile: bounds are checked,
 * nothing is allocated by what a count says, and bad input ends the reading of
 * a unit, which the caller sees as a unit without further entries.
 */
#ifndef TRANSLATE_DWARF_H
#define TRANSLATE_DWARF_H

/* libdw's, not this one. */
#include <elfutils/../dwarf.h>

#include "wasm.h"

#ifndef DW_OP_WASM_location
#define DW_OP_WASM_location 0xed
#endif

#define DWARF_WASM_ADDRESS 4 /* bytes */

struct dwarf_value;
struct dwarf {
	struct wasm_slice info, abbrev, str, str_offsets, addr;
	struct wasm_slice line, line_str, loc, loclists, ranges, rnglists;
	/* The table of abbreviations that was used last. */
	struct dwarf_abbrev *abbrevs; /* by code - 1 */
	uint32_t nabbrevs, room;
	uint64_t abbrevs_at;
	unsigned int address_size; /* bytes of one in .debug_info */
	uint64_t effort; /* bytes of such tables that may still be read */
	/* Is told of each attribute that dwarf_next() reads, if it is set. */
	void (*visit)(void *arg, uint64_t at, const struct dwarf_value *value);
	void *visit_arg;
};

/* A unit of .debug_info, while its entries are read. */
struct dwarf_unit {
	struct dwarf *d;
	size_t start;	  /* of its header, in .debug_info */
	struct wasm_reader r;
	unsigned int version;
	/* From its first entry. */
	uint64_t low_pc, str_offsets, addr, loclists, rnglists;
};

/* An attribute's value: a number (also an address, an offset, a reference as an
 * offset in .debug_info), a text or a block. */
struct dwarf_value {
	uint16_t form;
	bool is_set;
	uint64_t u;
	struct wasm_slice bytes; /* of text without its NUL, or of the block */
};

/* An attribute that refers to another entry, as it is in .debug_info. */
struct dwarf_ref {
	size_t at, size; /* the value: little endian, or LEB128 */
	size_t base; /* what it counts from: its unit's start, or 0 */
	size_t target;
	bool is_leb;
};
#define DWARF_MAX_REFS 8

/* The attributes of an entry that somebody here wants. */
struct dwarf_die {
	size_t offset; /* in .debug_info */
	unsigned int nrefs; /* up to DWARF_MAX_REFS, more are damage */
	struct dwarf_ref refs[DWARF_MAX_REFS];
	uint16_t tag;  /* 0: the end of a list of children */
	bool has_children;
	struct dwarf_value name, comp_dir, stmt_list, low_pc, high_pc, type,
		location, const_value, frame_base, byte_size, bit_size, encoding,
		count, data_bit_offset, member_location, abstract_origin, declaration, decl_file, decl_line, call_file,
		call_line, ranges, str_offsets_base, addr_base, loclists_base,
		rnglists_base;
};

/* dwarf_free() afterwards; the slices are those of the module. */
void dwarf_open(struct dwarf *d, const struct wasm_module *m);
void dwarf_free(struct dwarf *d);

/*
 * Go to the unit at *offset of .debug_info and move *offset to the next one,
 * or to the section's end. False when there is none. A damaged unit has no
 * entries. One unit can be read at a time.
 */
bool dwarf_unit_begin(struct dwarf_unit *u, struct dwarf *d, size_t *offset);

/* The unit's next entry, depth first; false at its end. */
bool dwarf_next(struct dwarf_unit *u, struct dwarf_die *ret);

/* The same for the entry at that offset of .debug_info, if it is in this unit: *there
 * goes on behind it, with its children or what follows. */
bool dwarf_enter(const struct dwarf_unit *u, uint64_t offset,
		 struct dwarf_unit *there, struct dwarf_die *ret);

/* The entry at that offset of .debug_info, if it is in this unit. */
bool dwarf_die_at(const struct dwarf_unit *u, uint64_t offset,
		  struct dwarf_die *ret);

/* What has the name of an entry, and with it the type: the entry, or what it is an
 * instance of. False: that is not to be found. */
bool dwarf_die_origin(const struct dwarf_unit *u, const struct dwarf_die *die,
		      struct dwarf_die *ret);

/* A value in other places than entries (tables of files in DWARF 5); the form
 * must not depend on a unit. */
struct dwarf_value dwarf_read_value(const struct dwarf *d,
				    struct wasm_reader *r, uint64_t form);

/* Entry `index` of the unit's addresses in .debug_addr. */
uint64_t dwarf_address(const struct dwarf_unit *u, uint64_t index);

/* Little endian; n up to 8. */
uint64_t dwarf_read_fixed(struct wasm_reader *r, unsigned int n);
/* Up to a NUL, which is skipped. */
struct wasm_slice dwarf_read_text(struct wasm_reader *r);
/* Where the section goes on at offset; at its end when it does not. */
struct wasm_reader dwarf_reader_at(struct wasm_slice section, uint64_t offset);

#endif
