/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_IRQFLAGS_H
#define _ASM_WASM_IRQFLAGS_H

#include <asm/globals.h>
#include <asm/host_abi.h>

#define ARCH_IRQ_DISABLED WASM_IRQS_OFF
#define ARCH_IRQ_ENABLED WASM_IRQS_ON

#ifndef __ASSEMBLY__
void wasm_irq_deferred(void);

static __always_inline unsigned long arch_local_save_flags(void)
{
	return wasm_global_get(__wasm_irq_state);
}

/* An interrupt that came while they were off was noted by the host. */
static __always_inline void arch_local_irq_restore(unsigned long flags)
{
	wasm_global_set(__wasm_irq_state, flags);
	if (flags && unlikely(wasm_global_get(__wasm_irq_deferred)))
		wasm_irq_deferred();
}
#define arch_local_save_flags arch_local_save_flags
#define arch_local_irq_restore arch_local_irq_restore
#endif

#include <asm-generic/irqflags.h>
#endif
