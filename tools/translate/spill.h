/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spill.h: places of variables that LLVM gets wrong.
 *
 * Where an expression of several values has one of 32 bits that is spilled, LLVM masks the
 * frame's address as it would have masked the register, and goes to memory from there, which
 * is the guest's: DW_OP_breg6 0, DW_OP_constu 0xffffffff, DW_OP_and, DW_OP_constu 80,
 * DW_OP_minus, DW_OP_deref. What is meant is DW_OP_breg6 -80, DW_OP_deref, and then the mask.
 */
#ifndef TRANSLATE_SPILL_H
#define TRANSLATE_SPILL_H

#include "wasm.h"

/* Changes an expression of x86-64's in place, which stays as long. */
void spill_correct(struct wasm_slice place);

#endif
