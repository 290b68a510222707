/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_IRQ_H
#define _ASM_WASM_IRQ_H

#include <asm/host_abi.h>

#define NR_IRQS 32	/* one word of pending bits a CPU */

#include <asm-generic/irq.h>

#ifndef __ASSEMBLY__
struct pt_regs;
void wasm_irq_handle_pending(struct pt_regs *regs);
void wasm_irq_note_pending(void);
u32 *wasm_irq_pending_word(void);
#endif
#endif
