/* SPDX-License-Identifier: Apache-2.0 */
/* vartype.h: types of variables in the C that we compile. */
#ifndef TRANSLATE_VARTYPE_H
#define TRANSLATE_VARTYPE_H

#include "buffer.h"
#include "locals.h"

/* "unsigned int", or "void *"; debuggers are told the guest's, see typenodes.h. */
void vartype_put(const struct local_type *t, struct buffer *out);

#endif
