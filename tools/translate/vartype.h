/* SPDX-License-Identifier: Apache-2.0 */
/* vartype.h: types of variables in the C that we compile. */
#ifndef TRANSLATE_VARTYPE_H
#define TRANSLATE_VARTYPE_H

#include "buffer.h"
#include "locals.h"

/* "unsigned int", or "struct w2c_s7 *", where w2c_s and w2c_u stand for structures and
 * unions, with the number of their name. */
void vartype_put(const struct local_type *t, struct buffer *out);

#endif
