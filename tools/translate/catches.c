// SPDX-License-Identifier: Apache-2.0
/* catches.c: catch_all behind a catch, see catches.h. */
#include <stdbool.h>
#include <string.h>

#include "catches.h"

#define CATCH "if (wasm_rt_exception_tag() == "
#define NEXT "} else "

/* An if of a catch: how deep it is indented. Its own braces are as deep, and it is the
 * last statement of its block. */
struct chain {
	size_t indent;
	bool has_all; /* we are behind the catches, in braces of our own */
};

static struct chain *innermost(const struct buffer *chains)
{
	struct chain *end = (struct chain *)(void *)(chains->p + chains->n);

	return chains->n ? end - 1 : NULL;
}

static bool starts(const char *line, const char *text)
{
	return !strncmp(line, text, strlen(text));
}

static void leave(struct buffer *chains, size_t indent, struct buffer *out)
{
	const struct chain *c;

	while ((c = innermost(chains)) && indent < c->indent) {
		if (c->has_all)
			buffer_text(out, "}\n");
		chains->n -= sizeof(*c);
	}
}

/* Any line that is not empty. */
static void put_line(struct buffer *chains, const char *line, size_t n,
		     struct buffer *out)
{
	size_t indent = strspn(line, " ");
	const char *text = line + indent;
	struct chain *c;

	leave(chains, indent, out);
	c = innermost(chains);
	if (starts(text, CATCH)) {
		buffer_put(chains, &(struct chain){ .indent = indent },
			   sizeof(*c));
	} else if (c && c->indent == indent && !c->has_all &&
		   starts(text, NEXT) && !starts(text + strlen(NEXT), CATCH)) {
		c->has_all = true;
		buffer_text(out, NEXT "{\n");
		n -= indent + strlen(NEXT);
		line = text + strlen(NEXT);
	}
	buffer_put(out, line, n);
}

void catches_rewrite(struct buffer *text)
{
	const char *p = (const char *)text->p, *end;
	struct buffer out = { 0 }, chains = { 0 };

	if (text->failed || !strstr(p, CATCH))
		return;
	for (; (end = strchr(p, '\n')); p = end + 1) {
		if (p + strspn(p, " ") != end)
			put_line(&chains, p, (size_t)(end + 1 - p), &out);
	}
	buffer_put(&out, p, strlen(p) + 1);
	out.failed |= chains.failed;
	buffer_free(&chains);
	buffer_free(text);
	*text = out;
}
