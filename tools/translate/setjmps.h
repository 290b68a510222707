/* SPDX-License-Identifier: Apache-2.0 */
/*
 * setjmps.h: functions that call setjmp(), in the C that wasm2c wrote.
 *
 * LLVM makes of setjmp() one try block around the calls that may longjmp(), with
 * one catch, of the tag __c_longjmp, that finds out where to go on. A
 * longjmp() out of a signal handler that interrupted the function itself is no
 * call: it may come while the function is outside of its try block, and while its
 * locals hold something else than they do at a call. So in such functions
 *
 * - the catch stays in force, for its tag only, from the first call in the try
 *   block until the function returns; what is not meant for it, it throws again,
 *   by a call that does not return;
 * - in front of each call in the try block the locals are kept, and the catch
 *   finds them as they were then.
 *
 * So whenever it comes, it is as if the last call in the try block had thrown,
 * for which the compiler was prepared. musl's setjmp() has a call behind it
 * (userland/musl/patches), so that the last call is never before the setjmp().
 */
#ifndef TRANSLATE_SETJMPS_H
#define TRANSLATE_SETJMPS_H

#include "buffer.h"
#include "wasm.h"

/* text: a file of wasm2c's, with a 0 at the end; so is what it becomes.
 * Functions of any other form than LLVM's are left alone. */
void setjmps_rewrite(const struct wasm_module *m, struct buffer *text);

#endif
