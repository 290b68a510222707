// SPDX-License-Identifier: GPL-2.0-only
/*
 * irq.c: a word of pending interrupts for each CPU. Host and other CPUs set
 * bits in it at any time; the CPU takes them when its interrupts are on.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>

#include <asm/host.h>
#include <asm/irq.h>
#include <asm/irq_regs.h>
#include <asm/smp.h>

static DEFINE_PER_CPU(u32, irq_pending);

/* On a thread of the host, with no task: nothing here may use current. */
HOST_EXPORT(raise_interrupt) void raise_interrupt(u32 cpu, u32 irq);
void raise_interrupt(u32 cpu, u32 irq)
{
	if (cpu < NR_CPUS && irq < NR_IRQS)
		__atomic_fetch_or(per_cpu_ptr(&irq_pending, cpu), 1u << irq,
				  __ATOMIC_SEQ_CST);
}

u32 *wasm_irq_pending_word(void)
{
	return this_cpu_ptr(&irq_pending);
}

/*
 * The host notes a deferred interrupt for the running task, but it is the CPU's:
 * whoever gets the CPU looks. Interrupts are off.
 */
void wasm_irq_note_pending(void)
{
	if (__atomic_load_n(wasm_irq_pending_word(), __ATOMIC_SEQ_CST))
		wasm_global_set(__wasm_irq_deferred, 1);
}

static void handle_bits(u32 bits)
{
	if (bits & (1u << WASM_IRQ_IPI))
		wasm_ipi_handle();
	bits &= ~(1u << WASM_IRQ_IPI);
	while (bits) {
		u32 irq = __ffs(bits);

		bits &= bits - 1;
		generic_handle_irq(irq);
	}
}

/* Interrupts are off. */
void wasm_irq_handle_pending(struct pt_regs *regs)
{
	struct pt_regs *old = set_irq_regs(regs);
	u32 *word = wasm_irq_pending_word();
	u32 bits;

	irq_enter_rcu();
	while ((bits = __atomic_exchange_n(word, 0, __ATOMIC_SEQ_CST)))
		handle_bits(bits);
	irq_exit_rcu();
	set_irq_regs(old);
}

int arch_show_interrupts(struct seq_file *p, int prec)
{
	return 0;
}

void __init init_IRQ(void)
{
	int irq;

	irq_set_chip_and_handler(WASM_IRQ_TIMER, &dummy_irq_chip,
				 handle_percpu_irq);
	for (irq = WASM_IRQ_TIMER + 1; irq < NR_IRQS; irq++)
		irq_set_chip_and_handler(irq, &dummy_irq_chip,
					 handle_simple_irq);
}
