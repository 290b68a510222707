// SPDX-License-Identifier: Apache-2.0
/* nodes.c: metadata as text, see nodes.h. */
#include <stdlib.h>
#include <string.h>

#include "nodes.h"

uint32_t nodes_begin(struct new_nodes *nodes)
{
	buffer_printf(&nodes->text, "!%u = ", nodes->next);
	return nodes->next++;
}

bool text_starts(struct text t, const char *prefix)
{
	size_t n = strlen(prefix);

	return t.n >= n && !memcmp(t.p, prefix, n);
}

struct text text_without(struct text t, const char *prefix)
{
	size_t n = text_starts(t, prefix) ? strlen(prefix) : 0;

	return (struct text){ t.p + n, t.n - n };
}

struct text text_field(struct text node, const char *key)
{
	size_t n = strlen(key);
	const char *at = memmem(node.p, node.n, key, n);

	if (!at)
		return (struct text){ node.p + node.n, 0 };
	return (struct text){ at + n, node.n - (size_t)(at + n - node.p) };
}

uint32_t text_number(struct text t)
{
	return t.n && *t.p >= '0' && *t.p <= '9' ?
		(uint32_t)strtoul(t.p, NULL, 10) : NODE_NONE;
}

struct text text_behind_number(struct text t)
{
	while (t.n && *t.p >= '0' && *t.p <= '9') {
		t.p++;
		t.n--;
	}
	return t;
}

uint32_t text_value(struct text node, const char *key)
{
	return text_number(text_field(node, key));
}

bool text_line(const char **at, const char *end, struct text *ret)
{
	const char *newline;

	if (*at >= end)
		return false;
	newline = memchr(*at, '\n', (size_t)(end - *at));
	ret->p = *at;
	ret->n = (size_t)((newline ? newline : end) - *at);
	*at = newline ? newline + 1 : end;
	return true;
}

uint32_t text_node(struct text line, struct text *ret)
{
	uint32_t n = text_starts(line, "!") ?
		text_number((struct text){ line.p + 1, line.n - 1 }) : NODE_NONE;

	*ret = text_without(text_field(line, " = "), "distinct ");
	return n;
}

void text_put_string(struct buffer *out, const char *s)
{
	buffer_byte(out, '"');
	for (; *s; s++)
		if (*s < ' ' || *s > '~' || *s == '"' || *s == '\\')
			buffer_printf(out, "\\%02X", (unsigned char)*s);
		else
			buffer_byte(out, (uint8_t)*s);
	buffer_byte(out, '"');
}
