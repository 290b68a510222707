// SPDX-License-Identifier: GPL-2.0-only
/* smp.c: starting CPUs, and what they tell each other. */
#include <linux/cpu.h>
#include <linux/init.h>
#include <linux/irq_work.h>
#include <linux/kernel_stat.h>
#include <linux/sched/mm.h>
#include <linux/sched/task_stack.h>
#include <linux/smp.h>

#include <asm/host.h>
#include <asm/irq.h>
#include <asm/setup.h>
#include <asm/time.h>

enum ipi {
	IPI_RESCHEDULE,
	IPI_CALL_FUNCTION,
	IPI_IRQ_WORK,
	IPI_STOP,
};

static DEFINE_PER_CPU(unsigned long, ipi_pending);
static DECLARE_COMPLETION(cpu_started);

void raise_interrupt(u32 cpu, u32 irq);

static void ipi_send(int cpu, enum ipi ipi)
{
	__atomic_fetch_or(per_cpu_ptr(&ipi_pending, cpu), 1ul << ipi,
			  __ATOMIC_SEQ_CST);
	raise_interrupt(cpu, WASM_IRQ_IPI);
	if (cpu != smp_processor_id()) {
		wasm_ext_interrupt_cpu(cpu);
		return;
	}
	wasm_irq_note_pending();
	arch_local_irq_restore(arch_local_save_flags());
}

static void ipi_stop(void)
{
	set_cpu_online(smp_processor_id(), false);
	local_irq_disable();
	for (;;)
		wasm_ext_cpu_idle(&(u32){ 0 }, ~0ull);
}

void wasm_ipi_handle(void)
{
	unsigned long bits = __atomic_exchange_n(this_cpu_ptr(&ipi_pending), 0,
						 __ATOMIC_SEQ_CST);

	if (bits & (1ul << IPI_RESCHEDULE))
		scheduler_ipi();
	if (bits & (1ul << IPI_CALL_FUNCTION))
		generic_smp_call_function_interrupt();
	if (bits & (1ul << IPI_IRQ_WORK))
		irq_work_run();
	if (bits & (1ul << IPI_STOP))
		ipi_stop();
}

void arch_smp_send_reschedule(int cpu)
{
	ipi_send(cpu, IPI_RESCHEDULE);
}

void arch_send_call_function_single_ipi(int cpu)
{
	ipi_send(cpu, IPI_CALL_FUNCTION);
}

void arch_send_call_function_ipi_mask(const struct cpumask *mask)
{
	int cpu;

	for_each_cpu(cpu, mask)
		ipi_send(cpu, IPI_CALL_FUNCTION);
}

#ifdef CONFIG_IRQ_WORK
void arch_irq_work_raise(void)
{
	ipi_send(smp_processor_id(), IPI_IRQ_WORK);
}
#endif

void smp_send_stop(void)
{
	int cpu;

	for_each_online_cpu(cpu)
		if (cpu != smp_processor_id())
			ipi_send(cpu, IPI_STOP);
}

void __init smp_prepare_boot_cpu(void)
{
}

void __init smp_prepare_cpus(unsigned int max_cpus)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		set_cpu_present(cpu, cpu < max_cpus || cpu == 0);
}

void __init smp_cpus_done(unsigned int max_cpus)
{
}

/* cpus=N of the host is a number of possible CPUs. */
void __init wasm_smp_init_possible(unsigned int count)
{
	unsigned int cpu;

	for (cpu = 0; cpu < min(count, NR_CPUS); cpu++)
		set_cpu_possible(cpu, true);
}

int __cpu_up(unsigned int cpu, struct task_struct *idle)
{
	idle->thread.started = 1;
	wasm_start_cpu(cpu, idle, idle);
	wait_for_completion(&cpu_started);
	return 0;
}

void wasm_start_secondary(void)
{
	unsigned int cpu = smp_processor_id();

	mmgrab(&init_mm);
	current->active_mm = &init_mm;
	notify_cpu_starting(cpu);
	wasm_timer_init_cpu();
	set_cpu_online(cpu, true);
	complete(&cpu_started);
	local_irq_enable();
	cpu_startup_entry(CPUHP_AP_ONLINE_IDLE);
}
