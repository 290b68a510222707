/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls.h: the exports that give access to the TLS base. The runner calls them where no
 * code of the program may run, as in a signal handler: they have to be one access to
 * a global.
 */
#ifndef TRANSLATE_TLS_H
#define TRANSLATE_TLS_H

#include "wasm.h"

/* 0, or -1 and *failure if __get_tls_base or __set_tls_base does anything else. */
int tls_check(const struct wasm_module *m, struct failure *failure);

#endif
