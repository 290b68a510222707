// SPDX-License-Identifier: Apache-2.0
/* typenodes.c: types of variables as nodes of metadata, see typenodes.h. */
#include "typenodes.h"

static uint32_t number_node(const struct local_type *t, struct new_nodes *nodes)
{
	static const char *const ints[] = { [1] = "char", [2] = "short",
					    [4] = "int", [8] = "long long" };
	static const struct { const char *encoding, *prefix; } classes[] = {
		[LOCAL_SIGNED] = { "signed", "" },
		[LOCAL_UNSIGNED] = { "unsigned", "unsigned " },
		[LOCAL_BOOL] = { "boolean", NULL },
		[LOCAL_CHAR] = { "signed_char", "" },
		[LOCAL_FLOAT] = { "float", NULL },
	};
	const char *prefix = classes[t->class].prefix;
	const char *name = prefix ? ints[t->size] :
			   t->class == LOCAL_BOOL ? "_Bool" :
			   t->size == 4 ? "float" : "double";
	uint32_t node = nodes_begin(nodes);

	buffer_printf(&nodes->text, "!DIBasicType(name: \"%s%s\", size: %u, "
		      "encoding: DW_ATE_%s%s)\n", prefix ? prefix : "", name,
		      t->size * 8, classes[t->class].encoding,
		      t->class <= LOCAL_UNSIGNED && t->size == 1 ? "_char" : "");
	return node;
}

/* Of which no more is told here than that it is there. */
static uint32_t declared_node(const struct locals *l, const struct local_type *t,
			      struct new_nodes *nodes)
{
	uint32_t node = nodes_begin(nodes);

	buffer_printf(&nodes->text, "!DICompositeType(tag: DW_TAG_%s_type, name: ",
		      t->class == LOCAL_UNION ? "union" : "structure");
	text_put_string(&nodes->text, l->names.texts[t->tag]);
	buffer_text(&nodes->text, ", flags: DIFlagFwdDecl)\n");
	return node;
}

/* With a size, LLVM would take what is behind a spilled address for a value. */
static uint32_t array_node(uint32_t element, uint32_t length, struct new_nodes *nodes)
{
	uint32_t node = nodes_begin(nodes);

	buffer_printf(&nodes->text, "!DICompositeType(tag: DW_TAG_array_type, "
		      "baseType: !%u, elements: !{!DISubrange(count: %u)})\n",
		      element, length);
	return node;
}

uint32_t type_node(const struct locals *l, const struct local_type *t,
		   struct new_nodes *nodes)
{
	uint32_t base = NODE_NONE, node;

	if (t->class == LOCAL_STRUCT || t->class == LOCAL_UNION)
		base = declared_node(l, t, nodes);
	else if (t->class != LOCAL_VOID)
		base = number_node(t, nodes);
	if (t->length)
		base = array_node(base, t->length, nodes);
	if (!t->is_pointer || t->in_memory)
		return base;
	node = nodes_begin(nodes);
	buffer_text(&nodes->text, "!DIDerivedType(tag: DW_TAG_pointer_type, ");
	if (base == NODE_NONE)
		buffer_text(&nodes->text, "baseType: null");
	else
		buffer_printf(&nodes->text, "baseType: !%u", base);
	buffer_text(&nodes->text, ", size: 64)\n");
	return node;
}

/* ---- structures in locals ---------------------------------------------- */

static uint32_t member_node(const struct locals *l, const struct structure_member *m,
			    uint32_t *made, struct new_nodes *nodes)
{
	uint32_t type, size, node;

	if (m->structure != NO_STRUCTURE) {
		type = type_node_structure(l, m->structure, made, nodes);
		size = l->structures.list[m->structure].size;
	} else {
		type = type_node(l, &m->type, nodes);
		size = m->type.size;
	}
	if (m->length) {
		type = array_node(type, m->length, nodes);
		size *= m->length;
	}
	node = nodes_begin(nodes);
	buffer_text(&nodes->text, "!DIDerivedType(tag: DW_TAG_member, ");
	if (m->name != NO_NAME) {
		buffer_text(&nodes->text, "name: ");
		text_put_string(&nodes->text, l->names.texts[m->name]);
		buffer_text(&nodes->text, ", ");
	}
	buffer_printf(&nodes->text, "baseType: !%u, size: %u, offset: %u%s)\n", type,
		      m->bits ? m->bits : size * 8, m->offset,
		      m->bits ? ", flags: DIFlagBitField, extraData: i64 0" : "");
	return node;
}

/*
 * It has no tag: debuggers look for the structure of a tag, which is but declared where
 * pointers lead to it, and are to find the companion's, whose pointers have types.
 */
uint32_t type_node_structure(const struct locals *l, uint32_t structure, uint32_t *made,
			     struct new_nodes *nodes)
{
	const struct structure *s = &l->structures.list[structure];
	struct buffer list = { 0 };
	uint32_t node, i;

	if (made[structure] != NODE_NONE)
		return made[structure];
	for (i = 0; i < s->n; i++)
		buffer_printf(&list, "%s!%u", i ? ", " : "",
			      member_node(l, &l->structures.members[s->first + i],
					  made, nodes));
	node = nodes_begin(nodes);
	buffer_printf(&nodes->text, "!DICompositeType(tag: DW_TAG_%s_type, size: %u, "
		      "elements: !{", s->is_union ? "union" : "structure", s->size * 8);
	buffer_put(&nodes->text, list.p, list.n);
	buffer_text(&nodes->text, "})\n");
	if (s->name != NO_NAME) {
		i = node;
		node = nodes_begin(nodes);
		buffer_text(&nodes->text, "!DIDerivedType(tag: DW_TAG_typedef, name: ");
		text_put_string(&nodes->text, l->names.texts[s->name]);
		buffer_printf(&nodes->text, ", baseType: !%u)\n", i);
	}
	nodes->text.failed |= list.failed;
	buffer_free(&list);
	return made[structure] = node;
}
