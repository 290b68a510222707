/* SPDX-License-Identifier: Apache-2.0 */
/* program.h: programs that the guest executes, by content; translated once. */
#ifndef RUNNER_PROGRAM_H
#define RUNNER_PROGRAM_H

#include "module.h"
#include "translate.h"

struct program {
	struct module module;
	/* Its exports; all but start may be NULL. */
	void (*start)(void *instance);
	void (*apply_data_relocs)(void *instance);
	void (*call_ctors)(void *instance);
	void (*set_tls_base)(void *instance, u32 base);
	u32 (*get_tls_base)(void *instance);
	u32 (*clone_callback)(void *instance);
	void (*handle_signal)(void *instance);
};

/*
 * The program that these bytes are. 0 and *ret; -EAGAIN: it is being translated,
 * ask again; -ENOEXEC: it cannot run here (said once in the log); other -errno:
 * the host's trouble. settings stay for good. wait: translate now, never -EAGAIN. Any thread.
 */
int program_find(const struct translate_settings *settings, const void *wasm,
		 size_t n, const char *name, bool wait,
		 const struct program **ret);

/* Is a program being translated, for which the guest waits? */
bool program_is_translating(void);

/* Told when the host, not the program, is why the first one of all cannot run:
 * status is what to exit with. */
void program_set_failure_hook(void (*hook)(int status));

#endif
