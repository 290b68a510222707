// SPDX-License-Identifier: Apache-2.0
/* keep.c: parameters that are kept, see keep.h. */
#include <string.h>

#include "finish.h"
#include "keep.h"

#define USE "void (...) @llvm.fake.use("

/* "i32 noundef %1": its type. */
static struct text type_of(struct text parameter)
{
	const char *end = memchr(parameter.p, ' ', parameter.n);

	parameter.n = end ? (size_t)(end - parameter.p) : 0;
	return parameter;
}

/* "define hidden i32 @f(ptr %0, i32 noundef %1) #2 {": uses of all but the first one,
 * which is the instance; they have numbers from 0 on. */
static void put_uses(struct text line, struct buffer *out)
{
	struct text rest = text_field(line, ", "), type;
	unsigned int n;

	for (n = 1; rest.n; n++) {
		type = type_of(rest);
		if (text_value(rest, " %") != n)
			break;
		buffer_printf(out, "  call " USE "%.*s %%%u)\n", (int)type.n,
			      type.p, n);
		rest = text_field(rest, ", ");
	}
}

void keep_parameters(struct text code, struct buffer *out)
{
	const char *at = code.p, *end = code.p + code.n;
	struct text line;
	struct buffer uses = { 0 };

	while (text_line(&at, end, &line)) {
		if (text_starts(line, "define ")) {
			uses.n = 0;
			put_uses(line, &uses);
		}
		if (text_starts(line, "  ret ") && out->n < FINISH_MAX_TEXT)
			buffer_put(out, uses.p, uses.n);
		buffer_put(out, line.p, line.n);
		buffer_byte(out, '\n');
	}
	buffer_text(out, "declare void @llvm.fake.use(...)\n");
	out->failed |= uses.failed;
	buffer_free(&uses);
}
