/* SPDX-License-Identifier: MIT */
/*
 * __init_tls.c: struct pthread and, above it, the thread's _Thread_local
 * variables, whose address is LLVM's __tls_base and our thread pointer.
 */
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include "pthread_impl.h"
#include "libc.h"
#include "syscall.h"

#define MIN_ALIGN 16

volatile int __thread_list_lock;

/* Made by the linker: sets __tls_base and copies the initial values. */
void __wasm_init_tls(void *base);

hidden void __set_tls_base(void *base);

static _Alignas(MIN_ALIGN) unsigned char main_thread[sizeof(struct pthread) + 256];

int __init_tp(void *p)
{
	pthread_t td = p;

	td->self = td;
	td->detach_state = DT_JOINABLE;
	td->tid = __syscall(SYS_set_tid_address, &__thread_list_lock);
	td->locale = &libc.global_locale;
	td->robust_list.head = &td->robust_list.head;
	td->sysinfo = __sysinfo;
	td->next = td->prev = td;
	return 0;
}

static pthread_t place_thread(unsigned char *mem)
{
	mem += -((uintptr_t)mem + sizeof(struct pthread)) &
	       (libc.tls_align - 1);
	return (pthread_t)mem;
}

static void init_variables(pthread_t td)
{
	void *base = TP_ADJ(td);

	__set_tls_base(base);
	__wasm_init_tls(base);
}

/* Signals are off meanwhile: a handler would have the new thread's pointer. */
void *__copy_tls(unsigned char *mem)
{
	pthread_t td = place_thread(mem);
	void *own = __builtin_wasm_tls_base();
	sigset_t set;

	__block_all_sigs(&set);
	init_variables(td);
	__set_tls_base(own);
	__restore_sigs(&set);
	return td;
}

void __init_tls(size_t *aux)
{
	unsigned char *mem = main_thread;
	pthread_t td;

	libc.tls_align = __builtin_wasm_tls_align();
	if (libc.tls_align < MIN_ALIGN)
		libc.tls_align = MIN_ALIGN;
	libc.tls_size = sizeof(struct pthread) + __builtin_wasm_tls_size() +
			libc.tls_align;
	libc.tls_size += -libc.tls_size & (MIN_ALIGN - 1);
	if (libc.tls_size > sizeof(main_thread)) {
		mem = (void *)__syscall(SYS_mmap2, 0, libc.tls_size,
					PROT_READ | PROT_WRITE,
					MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
		if ((unsigned long)mem > -4096UL)
			a_crash();
	}
	td = place_thread(mem);
	init_variables(td);
	__init_tp(td);
	libc.can_do_threads = 1;
}
