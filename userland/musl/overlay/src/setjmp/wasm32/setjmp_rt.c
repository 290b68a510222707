/* SPDX-License-Identifier: MIT */
/*
 * setjmp_rt.c: what LLVM's lowering of setjmp() to exceptions calls. A setjmp()
 * stores the label of its call and the identity of its function's invocation;
 * a longjmp() throws; each function with a setjmp() catches and asks whether
 * it is meant.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include "pthread_impl.h"
#include "syscall.h"

struct setjmp_env {
	void *invocation;
	uint32_t label;
	/* Thrown: the compiler reads these two. */
	void *env;
	int value;
};

hidden _Noreturn void __throw_longjmp(void *thrown);

hidden void __wasm_setjmp(void *p, uint32_t label, void *invocation)
{
	struct setjmp_env *env = p;

	env->invocation = invocation;
	env->label = label;
}

hidden uint32_t __wasm_setjmp_test(void *p, void *invocation)
{
	struct setjmp_env *env = p;

	return env->invocation == invocation ? env->label : 0;
}

hidden _Noreturn void __wasm_longjmp(void *p, int value)
{
	struct setjmp_env *env = p;

	env->env = env;
	env->value = value ? value : 1;
	__throw_longjmp(&env->env);
}

/* In the macro setjmp(), before and behind it: it is enough that these are calls. */
int __setjmp_mark(int value)
{
	return value;
}

/* sigsetjmp() is a macro: this, then setjmp(). */
void __sigsetjmp_save(struct __jmp_buf_tag *buf, int save)
{
	buf->__fl = save;
	if (save)
		__syscall(SYS_rt_sigprocmask, SIG_SETMASK, 0, buf->__ss,
			  _NSIG / 8);
}

_Noreturn void siglongjmp(sigjmp_buf buf, int value)
{
	if (buf->__fl)
		__syscall(SYS_rt_sigprocmask, SIG_SETMASK, buf->__ss, 0,
			  _NSIG / 8);
	__wasm_longjmp(buf, value);
}

_Noreturn void _longjmp(jmp_buf buf, int value)
{
	__wasm_longjmp(buf, value);
}
