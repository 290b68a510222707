// SPDX-License-Identifier: Apache-2.0
/* vartype.c: types of variables in C, see vartype.h. */
#include "vartype.h"

static void put_number_type(const struct local_type *t, struct buffer *out)
{
	static const char *const ints[] = { [1] = "char", [2] = "short",
					    [4] = "int", [8] = "long long" };

	if (t->class == LOCAL_FLOAT)
		buffer_text(out, t->size == 4 ? "float" : "double");
	else if (t->class == LOCAL_BOOL)
		buffer_text(out, "_Bool");
	else if (t->class == LOCAL_CHAR)
		buffer_text(out, "char");
	else
		buffer_printf(out, "%s %s", t->class == LOCAL_SIGNED ?
			      "signed" : "unsigned", ints[t->size]);
}

void vartype_put(const struct local_type *t, struct buffer *out)
{
	if (t->is_pointer)
		buffer_text(out, "void *");
	else
		put_number_type(t, out);
}
