// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz.c: everything that reads a module's bytes, for libFuzzer
 * (https://llvm.org/docs/LibFuzzer.html): fuzz [-runs=N] FOLDER_OF_MODULES...
 * Bytes that make it fail are left in a file; `fuzz FILE` does it again.
 */
#include <stdint.h>

#include "companion.h"
#include "globals.h"
#include "lines.h"
#include "locals.h"
#include "marks.h"
#include "names.h"
#include "prepare.h"

static void read_code(const struct wasm_module *m, struct failure *failure)
{
	struct lines lines;
	struct scopes scopes;
	struct locals locals;
	struct globals globals;
	struct marks marks;
	struct prepared prepared;

	lines_read(m, &lines);
	scopes_read(m, m, &lines, &scopes);
	locals_read(m, m, &scopes, &locals);
	globals_read(m, m, &lines, &locals, &globals);
	marks_init(&marks, m, &lines, &scopes, &locals);
	prepare_module(m, &marks, &prepared, failure);
	prepared_free(&prepared);
	marks_free(&marks);
	globals_free(&globals);
	locals_free(&locals);
	scopes_free(&scopes);
	lines_free(&lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct failure failure = { 0 };
	struct buffer companion;
	struct wasm_module m;

	if (!wasm_module_read(&m, bytes, n, &failure)) {
		companion_make(&m, &companion);
		buffer_free(&companion);
		read_code(&m, &failure);
		names_free(names_of_functions(&m), &m);
	}
	wasm_module_free(&m);
	return 0;
}
