// SPDX-License-Identifier: Apache-2.0
/* machine.c: one run, from the files to the exit status. */
#define LOG_MODULE "machine"
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "console.h"
#include "debugger.h"
#include "exit.h"
#include "expect.h"
#include "fault.h"
#include "frames.h"
#include "granules.h"
#include "heartbeat.h"
#include "input.h"
#include "interrupt.h"
#include "log.h"
#include "machine.h"
#include "program.h"
#include "record.h"
#include "report.h"
#include "stack.h"
#include "task.h"
#include "trace.h"
#include "variables.h"
#include "wasmrt.h"
#include "watch.h"

#define COMMAND_LINE_SIZE 2048u
/* What a kernel needs besides its image and the initramfs to come up. */
#define WORK_PAGES (9u * 16)
#define COMMAND_LINE_SIZE_2025 512u

struct machine *runner_machine;

void machine_end(int status)
{
	struct machine *m = runner_machine;
	int running = -1;

	if (atomic_compare_exchange_strong(&m->status, &running, status))
		uv_async_send(&m->wake);
}

void machine_expected(void)
{
	runner_machine->expected = true;
	machine_end(EXIT_OK);
}

static void on_wake(uv_async_t *handle)
{
	if (runner_machine->status >= 0)
		uv_stop(handle->loop);
}

static void raise_irq(struct machine *m, u32 cpu, u32 irq)
{
	m->vm.kernel.raise_interrupt(m->host->kinst, cpu, irq);
	cpu_kick(&m->vm.cpus[cpu]);
}

static void on_input(void)
{
	raise_irq(runner_machine, 0, WASM_IRQ_CONSOLE);
}

static void on_resized(void)
{
	raise_irq(runner_machine, 0, WASM_IRQ_WINDOW);
}

/* Nothing runs: all that can go on waits for something. */
static bool is_idle(void)
{
	struct machine *m = runner_machine;
	u32 i;

	for (i = 0; i < m->vm.ncpus; i++)
		if (m->vm.cpus[i].tid && !m->vm.cpus[i].idle)
			return false;
	return !program_is_translating();
}

static void on_escape(void)
{
	machine_end(EXIT_ESCAPE);
}

static void on_signal(uv_signal_t *handle, int signo)
{
	(void)handle;
	machine_end(EXIT_SIGNAL + signo);
}

static void on_timeout(uv_timer_t *handle)
{
	struct machine *m = runner_machine;

	(void)handle;
	machine_end(m->options->expect ? EXIT_EXPECT : EXIT_TIMEOUT);
}

static void on_timer(uv_poll_t *handle, int status, int events)
{
	struct machine *m = runner_machine;
	u32 cpu = (u32)(handle - m->timers);
	u64 expirations;

	(void)status;
	(void)events;
	if (read(m->vm.cpus[cpu].timerfd, &expirations, sizeof(expirations)) ==
	    sizeof(expirations)) {
		m->vm.cpus[cpu].debugged = debugger_was_there();
		raise_irq(m, cpu, WASM_IRQ_TIMER);
	}
}

static void on_clock(uv_timer_t *handle)
{
	(void)handle;
	record_tick();
}

/* On the main thread. */
static void start_timer(struct machine *m, u32 cpu)
{
	cpu_init(&m->vm.cpus[cpu], cpu);
	uv_poll_init(&m->loop, &m->timers[cpu], m->vm.cpus[cpu].timerfd);
	uv_poll_start(&m->timers[cpu], UV_READABLE, on_timer);
}

static void start_loop(struct machine *m)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	static const struct console_hooks hooks = { on_input, on_resized,
						    on_escape, is_idle };
	const struct options *o = m->options;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		uv_signal_init(&m->loop, &m->signals[i]);
		uv_signal_start(&m->signals[i], on_signal, signals[i]);
	}
	for (i = 0; i < m->vm.ncpus; i++)
		start_timer(m, i);
	uv_update_time(&m->loop); /* a translation may lie behind us */
	if (o->timeout_s > 0) {
		uv_timer_init(&m->loop, &m->timeout);
		uv_timer_start(&m->timeout, on_timeout,
			       (u64)(o->timeout_s * 1000 + 0.5), 0);
	}
	if (watch_needs_clock()) {
		uv_timer_init(&m->loop, &m->clock);
		uv_timer_start(&m->clock, on_clock, 1, 1);
	}
	heartbeat_start(&m->loop);
	console_start(&m->loop, &hooks, o->debugger_has_ctrl_c);
}

/* size bytes of the kernel's, whose address it exports. */
static void *kernel_bytes(struct machine *m, const char *name, size_t size)
{
	gaddr_t at = kernel_object(&m->vm.kernel, name);

	if (!memory_has(&m->vm.memory, at, size))
		die(EXIT_DATA, "%s is damaged: `%s` is not in its memory",
		    m->vm.kernel.module.name, name);
	return memory_at(at);
}

static void put_initrd(struct machine *m, const struct input *in)
{
	struct memory *mem = &m->vm.memory;
	u64 pages = ALIGN_UP(in->size, WASM_PAGE) / WASM_PAGE;
	u64 start = memory_grow(mem, pages) * WASM_PAGE;
	u32 *words[2] = { kernel_bytes(m, "initrd_start", sizeof(u32)),
			  kernel_bytes(m, "initrd_end", sizeof(u32)) };

	if (start > UINT_MAX)
		die(EXIT_HOST, "no memory for the initramfs");
	memcpy((void *)start, in->bytes, in->size);
	*words[0] = (u32)start;
	*words[1] = (u32)(start + in->size);
}

static void put_command_line(struct machine *m)
{
	const struct kernel *k = &m->vm.kernel;
	const char *text = m->options->command_line;
	size_t size = kernel_has_interrupts(k) ? COMMAND_LINE_SIZE :
						 COMMAND_LINE_SIZE_2025;

	if (strlen(text) >= size)
		die(EXIT_USAGE, "the kernel parameters are %zu characters "
		    "long, %zu are possible; see --help", strlen(text),
		    size - 1);
	strcpy(kernel_bytes(m, "boot_command_line", size), text);
}

/* Where does the kernel's memory begin? A stack may be below the data. */
static u32 lowest_address(const struct kernel *k)
{
	u32 low = k->module.desc->data_low;

	if (low == ~0u || low < WASM_PAGE || !kernel_has_interrupts(k))
		return WASM_PAGE;
	return low & ~(WASM_PAGE - 1);
}

static void open_memory(struct machine *m, const struct input *initramfs)
{
	u32 kernel = m->vm.kernel.module.desc->memory_min;
	u64 pages = ALIGN_UP(initramfs->size, WASM_PAGE) / WASM_PAGE;
	u64 needed = kernel + pages + WORK_PAGES;

	if (needed > m->vm.memory.wasm.max_pages)
		die(EXIT_USAGE, "--memory is too small: this kernel and this "
		    "initramfs need %lluM at least",
		    (unsigned long long)(needed + 15) / 16);
	memory_open(&m->vm.memory, lowest_address(&m->vm.kernel), kernel);
}

/* The instance of CPU 0, which is also the pattern of all others. */
static void boot(struct machine *m, const struct input *initramfs)
{
	struct kernel *k = &m->vm.kernel;
	struct task *t = calloc(1, sizeof(*t));
	void *instance;
	gaddr_t init_task;

	if (!t)
		die(EXIT_HOST, "out of memory");
	fault_blame(k->module.name);
	instance = kernel_boot_instance(k, t);
	fault_blame(NULL);
	init_task = kernel_object(k, "init_task");
	put_command_line(m);
	put_initrd(m, initramfs);

	m->host = calloc(1, sizeof(*m->host));
	if (!m->host)
		die(EXIT_HOST, "out of memory");
	m->host->kernel = k;
	m->host->kinst = kernel_instance(k, m->host);

	free(t);
	t = task_create(init_task, "swapper/0", &m->vm.cpus[0], instance);
	k->module.desc->import(instance, t);
	t->entry = ENTER_BOOT;
	start_loop(m);
	wasmrt_start();
	watch_start();
	task_spawn(t);
}

void machine_start_cpu(u32 number, gaddr_t idle, u32 start_stack)
{
	struct cpu *cpu = &runner_machine->vm.cpus[number];
	struct task *t;
	char name[16];

	snprintf(name, sizeof(name), "swapper/%u", number);
	t = task_create(idle, name, cpu, NULL);
	t->entry = ENTER_CPU;
	t->entry_argument = start_stack;
	task_spawn(t);
}

/* Threads of the guest leave these to the main thread. */
static void mask_signals(int how)
{
	static const int main_only[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
					 SIGWINCH, SIGCONT, SIGCHLD, SIGALRM };
	sigset_t set;
	u32 i;

	sigemptyset(&set);
	for (i = 0; i < ARRAY_SIZE(main_only); i++)
		sigaddset(&set, main_only[i]);
	pthread_sigmask(how, &set, NULL);
}

static void prepare(struct machine *m)
{
	static struct stack stack;

	signal(SIGPIPE, SIG_IGN);
	stack_init(&stack);
	log_set_exit_hook(console_restore);
	m->vm.end = machine_end;
	m->vm.report = report_write;
	program_set_failure_hook(machine_end);
	m->status = -1;
	uv_loop_init(&m->loop);
	uv_async_init(&m->loop, &m->wake, on_wake);
	the_vm = &m->vm;
	runner_machine = m;
	fault_init();
	interrupt_init();
	frames_init();
	report_init();
}

static void prepare_expect(const struct options *o)
{
	char error[256];

	if (o->expect && !expect_init(o->expect, error, sizeof(error)))
		die(EXIT_USAGE, "--expect=%s is no regular expression: %s; see "
		    "--help", o->expect, error);
}

/* What the guest did is not what --expect waits for. */
static int final_status(const struct machine *m)
{
	switch (m->status) {
	case EXIT_OK:
	case EXIT_HALT:
	case EXIT_RESTART:
	case EXIT_PANIC:
	case EXIT_TRAP:
	case EXIT_EXPECT:
		if (!m->options->expect || m->expected)
			return m->status;
		log_error("the console did not show what --expect=%s waits "
			  "for", m->options->expect);
		return EXIT_EXPECT;
	}
	return m->status;
}

/* What is to be watched is found in what comes with the translation, and may
 * turn out to need another one. */
static void translate_kernel(struct machine *m, char *so_path)
{
	const struct level *check = level_find("check");
	const struct options *o = m->options;
	char *types;

	if (watch_needs_checks(o))
		m->settings.level = check;
	input_translate_kernel(o->kernel, &m->settings, so_path);
	if (!o->watch.nwatches && !o->watch.nrecords)
		return;
	types = module_find_types(so_path);
	if (!types)
		die(EXIT_HOST, "out of memory");
	if (!watch_prepare(&o->watch, types) || m->settings.level == check)
		return;
	m->settings.level = check;
	input_translate_kernel(o->kernel, &m->settings, so_path);
}

void machine_translate(const struct options *o)
{
	struct machine m = { .options = o, .settings = o->translate };
	char so_path[PATH_MAX];
	struct input initramfs;

	input_open(&initramfs, o->initramfs, "initramfs");
	input_check_initramfs(&initramfs, o->initramfs);
	input_close(&initramfs);
	translate_kernel(&m, so_path);
}

int machine_run(struct machine *m, const struct options *o)
{
	struct input initramfs;
	static char so_path[PATH_MAX];

	m->options = o;
	m->settings = o->translate;
	m->vm.settings = o->sanitizer ? &o->programs : &m->settings;
	m->vm.ncpus = o->cpus;
	clock_set_rate(o->clock_rate);
	trace_set_printing(o->trace);
	prepare_expect(o);
	prepare(m);
	memory_init(&m->vm.memory, o->memory_bytes);
	granules_init();
	task_init();
	input_open(&initramfs, o->initramfs, "initramfs");
	input_check_initramfs(&initramfs, o->initramfs);
	translate_kernel(m, so_path);
	kernel_load(&m->vm.kernel, so_path, o->kernel);
	variables_init(m->vm.kernel.module.types_path);
	if (m->settings.level == level_find("check") &&
	    !module_has_checks(&m->vm.kernel.module))
		die(EXIT_USAGE, "%s was translated without checks in the "
		    "stores: give the kernel as .wasm; see --help", o->kernel);
	open_memory(m, &initramfs);
	if (o->wait_for_debugger)
		debugger_wait();

	mask_signals(SIG_BLOCK);
	boot(m, &initramfs);
	input_close(&initramfs);
	mask_signals(SIG_UNBLOCK);

	uv_run(&m->loop, UV_RUN_DEFAULT);
	console_restore();
	watch_finish();
	return final_status(m);
}
