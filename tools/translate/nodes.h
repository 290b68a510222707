/* SPDX-License-Identifier: Apache-2.0 */
/* nodes.h: the nodes of LLVM's metadata as text, "!7 = distinct !DIFile(line: 1)". */
#ifndef TRANSLATE_NODES_H
#define TRANSLATE_NODES_H

#include "buffer.h"

#define NODE_NONE UINT32_MAX /* no node, or no number */
#define NODE_MAX_ARG 65535u /* LLVM has no larger number of a parameter */

/* A part of the text, which goes on behind it and ends with a 0. */
struct text {
	const char *p;
	size_t n;
};

/* Nodes that are added: their lines, and the number of the next one. */
struct new_nodes {
	struct buffer text;
	uint32_t next;
};

/* Begin a line that makes a node; its number. */
uint32_t nodes_begin(struct new_nodes *nodes);

bool text_starts(struct text t, const char *prefix);
/* Without the prefix, if it has that. */
struct text text_without(struct text t, const char *prefix);
/* What follows the key, such as "line: "; n == 0: it is not there. */
struct text text_field(struct text node, const char *key);
/* The number that it begins with, or NODE_NONE. */
uint32_t text_number(struct text t);
/* What follows the number that it begins with. */
struct text text_behind_number(struct text t);
/* The number that follows the key, or NODE_NONE. */
uint32_t text_value(struct text node, const char *key);

/* Cuts a line off the text at *at; false at its end. */
bool text_line(const char **at, const char *end, struct text *ret);
/* "!7 = ...": its number and what it is, or NODE_NONE. */
uint32_t text_node(struct text line, struct text *ret);

/* A string with its quotes. */
void text_put_string(struct buffer *out, const char *s);

#endif
