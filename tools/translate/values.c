// SPDX-License-Identifier: Apache-2.0
/* values.c: webs by union and find, see values.h. */
#include <stdlib.h>

#include "array.h"
#include "values.h"

#define NO_EDGE UINT32_MAX
#define UNKNOWN (NO_WEB - 1) /* which web a join is of, until something says so */

void values_spend(struct values *v, uint64_t n)
{
	if (v->effort < n)
		v->failed = true;
	else
		v->effort -= n;
}

uint32_t values_add(struct values *v, uint32_t label)
{
	uint32_t n = (uint32_t)v->n;

	values_spend(v, 1);
	if (!array_room(&v->list, v->n, &v->room, sizeof(*v->list), &v->failed))
		return 0;
	v->list[v->n++] = (struct value){ n, label, NO_EDGE, false };
	return n;
}

void values_join(struct values *v, uint32_t join, uint32_t value)
{
	uint32_t newest = v->failed ? NO_EDGE : v->list[join].edges;

	if (newest != NO_EDGE && v->edges[newest].value == value)
		return;
	values_spend(v, 1);
	if (!array_room(&v->edges, v->nedges, &v->room_edges, sizeof(*v->edges),
			&v->failed))
		return;
	v->edges[v->nedges] = (struct value_edge){ value, newest };
	v->list[join].edges = (uint32_t)v->nedges++;
}

static uint32_t find(struct value *list, uint32_t n)
{
	while (list[n].web != n) {
		list[n].web = list[list[n].web].web;
		n = list[n].web;
	}
	return n;
}

/* All that may be at a join which is used is of its web, and is used. todo: room for all
 * of their numbers. */
static void unite(struct values *v, uint32_t *todo)
{
	size_t n = 0;
	uint32_t i, e;

	for (i = 0; i < v->n; i++)
		if (v->list[i].is_used)
			todo[n++] = i;
	while (n) {
		uint32_t join = todo[--n];

		for (e = v->list[join].edges; e != NO_EDGE; e = v->edges[e].next) {
			uint32_t value = v->edges[e].value;

			v->list[find(v->list, value)].web = find(v->list, join);
			if (!v->list[value].is_used)
				todo[n++] = value;
			v->list[value].is_used = true;
		}
	}
}

static bool is_unused_join(const struct value *value)
{
	return value->label && !value->is_used;
}

/* What an unused join is of, as far as the webs are known. */
static uint32_t web_of_join(const struct values *v, const uint32_t *webs,
			    uint32_t join)
{
	uint32_t e, ret = UNKNOWN;

	for (e = v->list[join].edges; e != NO_EDGE; e = v->edges[e].next) {
		uint32_t web = webs[v->edges[e].value];

		if (web == UNKNOWN || web == ret)
			continue;
		if (ret != UNKNOWN)
			return NO_WEB;
		ret = web;
	}
	return ret;
}

static void decide(struct values *v, uint32_t *webs)
{
	bool is_changed = true;
	uint32_t i;

	for (i = 0; i < v->n; i++)
		webs[i] = is_unused_join(&v->list[i]) ? UNKNOWN : find(v->list, i);
	while (is_changed && !v->failed) {
		is_changed = false;
		values_spend(v, v->n + v->nedges);
		for (i = 0; i < v->n; i++) {
			uint32_t web = webs[i];

			if (is_unused_join(&v->list[i]))
				webs[i] = web_of_join(v, webs, i);
			is_changed |= web != webs[i];
		}
	}
}

uint32_t *values_webs(struct values *v)
{
	uint32_t *webs = v->failed ? NULL : malloc((v->n + 1) * sizeof(*webs));

	if (!webs)
		return NULL;
	unite(v, webs);
	decide(v, webs);
	if (v->failed) {
		free(webs);
		return NULL;
	}
	return webs;
}

void values_free(struct values *v)
{
	free(v->list);
	free(v->edges);
	*v = (struct values){ 0 };
}
