// SPDX-License-Identifier: Apache-2.0
/* operation.c: operations of DWARF's expressions, see operation.h. */
#include "operation.h"

/*
 * What follows each: bytes by their number, u and s LEB128, b a block and its length, a an
 * address, w what "DWARF for WebAssembly" says.
 */
static const char *operands_of(unsigned int op)
{
	static const char *const operands[] = {
		[DW_OP_addr] = "a", [DW_OP_deref] = "",
		[DW_OP_const1u] = "1", [DW_OP_const1s] = "1",
		[DW_OP_const2u] = "2", [DW_OP_const2s] = "2",
		[DW_OP_const4u] = "4", [DW_OP_const4s] = "4",
		[DW_OP_const8u] = "8", [DW_OP_const8s] = "8",
		[DW_OP_constu] = "u", [DW_OP_consts] = "s",
		[DW_OP_dup] = "", [DW_OP_drop] = "", [DW_OP_over] = "",
		[DW_OP_pick] = "1", [DW_OP_swap] = "", [DW_OP_rot] = "",
		[DW_OP_abs] = "", [DW_OP_and] = "", [DW_OP_div] = "",
		[DW_OP_minus] = "", [DW_OP_mod] = "", [DW_OP_mul] = "",
		[DW_OP_neg] = "", [DW_OP_not] = "", [DW_OP_or] = "",
		[DW_OP_plus] = "", [DW_OP_plus_uconst] = "u", [DW_OP_shl] = "",
		[DW_OP_shr] = "", [DW_OP_shra] = "", [DW_OP_xor] = "",
		[DW_OP_bra] = "2", [DW_OP_eq] = "", [DW_OP_ge] = "", [DW_OP_gt] = "",
		[DW_OP_le] = "", [DW_OP_lt] = "", [DW_OP_ne] = "", [DW_OP_skip] = "2",
		[DW_OP_regx] = "u", [DW_OP_fbreg] = "s", [DW_OP_bregx] = "us",
		[DW_OP_piece] = "u", [DW_OP_deref_size] = "1", [DW_OP_nop] = "",
		[DW_OP_call_frame_cfa] = "", [DW_OP_bit_piece] = "uu",
		[DW_OP_implicit_value] = "b", [DW_OP_stack_value] = "",
		[DW_OP_addrx] = "u", [DW_OP_constx] = "u", [DW_OP_entry_value] = "b",
		[DW_OP_regval_type] = "uu", [DW_OP_deref_type] = "1u",
		[DW_OP_convert] = "u", [DW_OP_reinterpret] = "u",
		[DW_OP_WASM_location] = "w",
	};

	if (op >= DW_OP_lit0 && op <= DW_OP_reg31)
		return "";
	if (op >= DW_OP_breg0 && op <= DW_OP_breg31)
		return "s";
	return op < sizeof(operands) / sizeof(*operands) ? operands[op] : NULL;
}

/* A kind, and a number: LEB128, but for globals. */
static void skip_wasm(struct wasm_reader *r)
{
	if (wasm_read_byte(r) == 3)
		wasm_read_bytes(r, 4);
	else
		wasm_read_leb(r, 32, false);
}

bool operation_skip(struct wasm_reader *r, unsigned int op, unsigned int address_size)
{
	const char *operand = operands_of(op);

	if (!operand)
		return false;
	for (; *operand; operand++) {
		switch (*operand) {
		case 'u': wasm_read_leb(r, 64, false); break;
		case 's': wasm_read_leb(r, 64, true); break;
		case 'b': wasm_read_bytes(r, wasm_read_leb(r, 64, false)); break;
		case 'a': wasm_read_bytes(r, address_size); break;
		case 'w': skip_wasm(r); break;
		default: wasm_read_bytes(r, (size_t)(*operand - '0'));
		}
	}
	return !r->bad;
}
