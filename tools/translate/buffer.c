// SPDX-License-Identifier: Apache-2.0
/* buffer.c: bytes that grow at their end. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"

void buffer_free(struct buffer *b)
{
	free(b->p);
	memset(b, 0, sizeof(*b));
}

static bool reserve(struct buffer *b, size_t n)
{
	size_t size = b->size ? b->size : 4096;
	uint8_t *p;

	if (b->failed || n > SIZE_MAX / 4 - b->n) {
		b->failed = true;
		return false;
	}
	if (b->n + n <= b->size)
		return true;
	while (size < b->n + n)
		size *= 2;
	p = realloc(b->p, size);
	if (!p) {
		b->failed = true;
		return false;
	}
	b->p = p;
	b->size = size;
	return true;
}

void buffer_put(struct buffer *b, const void *p, size_t n)
{
	if (!n || !reserve(b, n))
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void buffer_byte(struct buffer *b, uint8_t byte)
{
	buffer_put(b, &byte, 1);
}

void buffer_u32(struct buffer *b, uint32_t value)
{
	do {
		uint8_t byte = value & 0x7f;

		value >>= 7;
		buffer_byte(b, value ? byte | 0x80 : byte);
	} while (value);
}

void buffer_i64(struct buffer *b, int64_t value)
{
	for (;;) {
		uint8_t byte = value & 0x7f;

		value >>= 7;
		if ((value == 0 && !(byte & 0x40)) ||
		    (value == -1 && (byte & 0x40))) {
			buffer_byte(b, byte);
			return;
		}
		buffer_byte(b, byte | 0x80);
	}
}

void buffer_text(struct buffer *b, const char *text)
{
	buffer_put(b, text, strlen(text));
}

void buffer_printf(struct buffer *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !reserve(b, (size_t)n + 1)) {
		b->failed = true;
		return;
	}
	va_start(ap, fmt);
	vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void buffer_c_string(struct buffer *b, const void *p, size_t n)
{
	const uint8_t *s = p;

	buffer_byte(b, '"');
	for (; n; n--, s++) {
		/* Always three digits, so that no digit can follow; ? because
		 * of trigraphs. */
		if (*s < ' ' || *s > '~' || *s == '"' || *s == '\\' ||
		    *s == '?')
			buffer_printf(b, "\\%03o", *s);
		else
			buffer_byte(b, *s);
	}
	buffer_byte(b, '"');
}

void buffer_set_leb(uint8_t *to, size_t n, uint64_t value)
{
	for (; n; n--, value >>= 7)
		*to++ = (uint8_t)((value & 0x7f) | (n > 1 ? 0x80 : 0));
}

void buffer_set_fixed(uint8_t *to, size_t n, uint64_t value)
{
	for (; n; n--, value >>= 8)
		*to++ = (uint8_t)value;
}
