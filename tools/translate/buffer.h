/* SPDX-License-Identifier: Apache-2.0 */
/* buffer.h: bytes that grow at their end. */
#ifndef TRANSLATE_BUFFER_H
#define TRANSLATE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed is empty. After a failed allocation all further writes are ignored
 * and failed is set: check it once, at the end. */
struct buffer {
	uint8_t *p;
	size_t n, size;
	bool failed;
};

void buffer_free(struct buffer *b);
void buffer_put(struct buffer *b, const void *p, size_t n);
void buffer_byte(struct buffer *b, uint8_t byte);
void buffer_u32(struct buffer *b, uint32_t value); /* LEB128 */
void buffer_i64(struct buffer *b, int64_t value);  /* signed LEB128 */
void buffer_text(struct buffer *b, const char *text);
void buffer_printf(struct buffer *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The bytes as a C string literal with its quotes. */
void buffer_c_string(struct buffer *b, const void *p, size_t n);

/* A LEB128 number, in just n bytes. */
void buffer_set_leb(uint8_t *to, size_t n, uint64_t value);
/* The same, little endian. */
void buffer_set_fixed(uint8_t *to, size_t n, uint64_t value);

#endif
