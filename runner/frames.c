// SPDX-License-Identifier: Apache-2.0
/* frames.c: the kernel functions on a stack, found by frame pointers. */
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include "frames.h"
#include "kernel.h"

#define MAX_DEPTH 4096

/* What a frame pointer points at, as the x86-64 psABI has it. */
struct frame {
	struct frame *caller;
	const void *ret;
};

struct walk {
	const struct module *kernel;
	bool foreign; /* another thread's stack, which may change or go */
	u32 *addrs, n, max;
};

/* Where handlers of signals return to; behind their frame is the ucontext. */
static const void *restorer;

extern const char __executable_start[], etext[];

void frames_init(void)
{
	struct {
		void *handler;
		unsigned long flags;
		const void *restorer;
		unsigned long mask;
	} action = { 0 };

	syscall(SYS_rt_sigaction, SIGURG, NULL, &action, sizeof(action.mask));
	restorer = action.restorer;
}

static bool get(const struct walk *w, void *to, const void *from, size_t n)
{
	struct iovec local = { to, n }, remote = { (void *)from, n };

	if (!from)
		return false;
	if (w->foreign)
		return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) ==
		       (ssize_t)n;
	memcpy(to, from, n);
	return true;
}

/* False: this is not the kernel's, nor the runner's on behalf of it. */
static bool put(struct walk *w, const void *pc)
{
	const struct guest_function *f;
	u32 address;

	if (!module_has_text(w->kernel, pc))
		return (const char *)pc >= __executable_start &&
		       (const char *)pc < etext;
	f = module_function_at(w->kernel, pc);
	if (!f || w->n == w->max)
		return true;
	address = WASM_TEXT_BASE + f->code;
	/* Of a recursion two calls are enough: who began it shall be seen. */
	if (w->n < 2 || w->addrs[w->n - 1] != address ||
	    w->addrs[w->n - 2] != address)
		w->addrs[w->n++] = address;
	return true;
}

/* Continue where the signal came. */
static const struct frame *step_signal(struct walk *w, const struct frame *at)
{
	const ucontext_t *uc = (const void *)(at + 1);
	greg_t regs[NGREG];

	if (!get(w, regs, uc->uc_mcontext.gregs, sizeof(regs)) ||
	    !put(w, (void *)regs[REG_RIP]))
		return NULL;
	return (void *)regs[REG_RBP];
}

static const struct frame *step(struct walk *w, const struct frame *at)
{
	struct frame frame;

	if (!get(w, &frame, at, sizeof(frame)))
		return NULL;
	if (frame.ret == restorer)
		return step_signal(w, at);
	/* The address may be past the end of a function that calls the last. */
	if (!put(w, (const char *)frame.ret - 1))
		return NULL;
	return frame.caller;
}

static u32 walk(struct walk *w, const struct frame *at)
{
	int depth;

	for (depth = 0; at && w->n < w->max && depth < MAX_DEPTH; depth++)
		at = step(w, at);
	return w->n;
}

u32 frames_of_caller(struct task *t, u32 *addrs, u32 max)
{
	struct walk w = { .kernel = &t->kernel->module,
			  .addrs = addrs, .max = max };

	return walk(&w, __builtin_frame_address(0));
}

u32 frames_of_task(struct task *t, u32 *addrs, u32 max)
{
	struct walk w = { .kernel = &t->kernel->module,
			  .foreign = true, .addrs = addrs, .max = max };

	return walk(&w, atomic_load(&t->frame));
}
