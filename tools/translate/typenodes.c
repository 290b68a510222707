// SPDX-License-Identifier: Apache-2.0
/* typenodes.c: types of variables as nodes of metadata, see typenodes.h. */
#include <stdlib.h>

#include "array.h"
#include "typenodes.h"

#define TEXT (&t->out->text)
/* Of a unit of C; others are but declared. LLVM goes from one to the next by recursion. */
#define MAX_WHOLES 2000

static uint32_t node_of(struct type_nodes *t, uint32_t type, unsigned int copy);

static uint32_t begin(struct type_nodes *t)
{
	uint32_t node = nodes_begin(t->out);

	if (t->is_copy)
		buffer_text(TEXT, "distinct ");
	return node;
}

static void put_ref(struct type_nodes *t, uint32_t node)
{
	if (node == NODE_NONE)
		buffer_text(TEXT, "null");
	else
		buffer_printf(TEXT, "!%u", node);
}

/* "name: "file", ", or nothing. */
static void put_name(struct type_nodes *t, uint32_t name)
{
	if (name == NO_NAME)
		return;
	buffer_text(TEXT, "name: ");
	text_put_string(TEXT, t->names->texts[name]);
	buffer_text(TEXT, ", ");
}

static uint32_t number_node(struct type_nodes *t, const struct type *type)
{
	static const char *const encodings[] = {
		[LOCAL_SIGNED] = "signed",
		[LOCAL_UNSIGNED] = "unsigned",
		[LOCAL_BOOL] = "boolean",
		[LOCAL_CHAR] = "signed_char",
		[LOCAL_FLOAT] = "float",
	};
	const struct local_type *number = &type->number;
	uint32_t node = nodes_begin(t->out);

	buffer_text(TEXT, "distinct !DIBasicType(");
	put_name(t, type->name);
	buffer_printf(TEXT, "size: %u, encoding: DW_ATE_%s%s)\n", type->size * 8,
		      encodings[number->class],
		      number->class <= LOCAL_UNSIGNED && type->size == 1 ? "_char" : "");
	return node;
}

static uint32_t enum_node(struct type_nodes *t, const struct type *type)
{
	const struct type_enumerator *e = &t->types->enumerators[type->first];
	bool is_unsigned = type->number.class == LOCAL_UNSIGNED;
	uint32_t of = number_node(t, &(struct type){ .name = NO_NAME, .size = type->size,
						      .number = type->number });
	uint32_t node = begin(t), i;

	buffer_text(TEXT, "!DICompositeType(tag: DW_TAG_enumeration_type, ");
	put_name(t, type->name);
	buffer_printf(TEXT, "baseType: !%u, size: %u, elements: !{", of, type->size * 8);
	for (i = 0; i < type->n; i++, e++) {
		buffer_printf(TEXT, "%s!DIEnumerator(", i ? ", " : "");
		put_name(t, e->name);
		if (is_unsigned)
			buffer_printf(TEXT, "value: %llu, isUnsigned: true)",
				      (unsigned long long)e->value);
		else
			buffer_printf(TEXT, "value: %lld)", (long long)e->value);
	}
	buffer_text(TEXT, "})\n");
	return node;
}

/* gdb's pointers to what has no type would have 8 bytes everywhere. */
static uint32_t void_node(struct type_nodes *t)
{
	uint32_t node = begin(t);

	buffer_text(TEXT, "!DIBasicType(tag: DW_TAG_unspecified_type, name: \"void\")\n");
	return node;
}

/*
 * What a pointer leads to. LLVM asks what an enumeration is of for its sign, which nothing
 * and functions lack; a vector of one function, which is none in C, has it.
 */
static uint32_t target_node(struct type_nodes *t, uint32_t type, unsigned int copy)
{
	uint32_t plain = types_strip(t->types, type), of, node;

	if (plain >= t->types->n)
		return void_node(t);
	of = node_of(t, type, copy);
	if (t->types->list[plain].kind != TYPE_FUNCTION)
		return of;
	node = begin(t);
	buffer_printf(TEXT, "!DICompositeType(tag: DW_TAG_array_type, baseType: !%u, "
		      "flags: DIFlagVector, elements: !{!DISubrange(count: 1)})\n", of);
	return node;
}

/* As gdb has it, and as what lldb shows of it. */
static uint32_t pointer_node(struct type_nodes *t, const struct type *type,
			     unsigned int copy)
{
	uint32_t of = target_node(t, type->of, copy), node = begin(t);
	char name[TYPES_NAME_MAX];

	types_spell(t->types, t->names, (uint32_t)(type - t->types->list), name);
	buffer_text(TEXT, "!DICompositeType(tag: DW_TAG_enumeration_type, name: ");
	text_put_string(TEXT, name);
	buffer_text(TEXT, ", baseType: ");
	put_ref(t, of);
	buffer_text(TEXT, ", size: 32, elements: !{})\n");
	return node;
}

/* With a size, LLVM would take what is behind a spilled address for a value. */
static uint32_t array_node(struct type_nodes *t, const struct type *type)
{
	uint32_t of = type_node(t, type->of), node = begin(t);

	buffer_printf(TEXT, "!DICompositeType(tag: DW_TAG_array_type, baseType: !%u, "
		      "elements: !{!DISubrange(count: %d)})\n", of,
		      type->n ? (int)type->n : -1);
	return node;
}

/* A name, a qualifier, or a pointer of 64 bits. */
static uint32_t derived_node(struct type_nodes *t, const char *tag, uint32_t name,
			     uint32_t of, unsigned int size)
{
	uint32_t node = begin(t);

	buffer_printf(TEXT, "!DIDerivedType(tag: DW_TAG_%s, ", tag);
	put_name(t, name);
	buffer_text(TEXT, "baseType: ");
	put_ref(t, of);
	if (size)
		buffer_printf(TEXT, ", size: %u", size);
	buffer_text(TEXT, ")\n");
	return node;
}

static const char *structure_tag(const struct type *type)
{
	return type->is_union ? "union_type" : "structure_type";
}

/* A structure by its tag. */
struct type_whole {
	uint32_t node;
	const struct type *type;
};

/* Of which no more is told than that it is there, or later. */
static uint32_t tag_node(struct type_nodes *t, const struct type *type)
{
	uint32_t node;

	if (type->whole != TYPE_NONE && t->nwholes < MAX_WHOLES &&
	    array_room(&t->wholes, t->nwholes, &t->room_wholes, sizeof(*t->wholes),
		       &t->failed)) {
		node = t->out->next++;
		t->wholes[t->nwholes++] = (struct type_whole){ node, type };
		return node;
	}
	node = begin(t);
	buffer_printf(TEXT, "!DICompositeType(tag: DW_TAG_%s, ", structure_tag(type));
	put_name(t, type->name);
	buffer_text(TEXT, "flags: DIFlagFwdDecl)\n");
	return node;
}

static uint32_t member_node(struct type_nodes *t, const struct type_member *m)
{
	uint32_t of = type_node(t, m->type), node = begin(t);

	buffer_text(TEXT, "!DIDerivedType(tag: DW_TAG_member, ");
	put_name(t, m->name);
	buffer_printf(TEXT, "baseType: !%u, size: %u, offset: %u%s)\n", of,
		      m->bits ? m->bits : t->types->list[m->type].size * 8, m->offset,
		      m->bits ? ", flags: DIFlagBitField, extraData: i64 0" : "");
	return node;
}

static void put_members(struct type_nodes *t, const struct type *type, struct buffer *list)
{
	uint32_t i;

	for (i = 0; i < type->n; i++)
		buffer_printf(list, "%s!%u", i ? ", " : "",
			      member_node(t, &t->types->members[type->first + i]));
	t->failed |= list->failed;
}

/* What is behind its name. */
static void put_structure(struct type_nodes *t, const struct type *type,
			  const struct buffer *list)
{
	buffer_printf(TEXT, "size: %u, elements: !{", type->size * 8);
	buffer_put(TEXT, list->p, list->n);
	buffer_text(TEXT, "})\n");
}

void type_nodes_finish(struct type_nodes *t)
{
	struct buffer list = { 0 };
	size_t i;

	for (i = 0; i < t->nwholes && !t->failed; i++) {
		struct type_whole w = t->wholes[i];
		const struct type *whole = &t->types->list[w.type->whole];

		list.n = 0;
		put_members(t, whole, &list);
		buffer_printf(TEXT, "!%u = distinct !DICompositeType(tag: DW_TAG_%s, ",
			      w.node, structure_tag(whole));
		put_name(t, whole->name);
		put_structure(t, whole, &list);
	}
	buffer_free(&list);
	free(t->wholes);
	t->wholes = NULL;
	t->nwholes = 0;
}

/*
 * It has no tag: debuggers look for the structure of a tag, which is but declared where
 * pointers lead to it, and are to find the companion's.
 */
static uint32_t structure_node(struct type_nodes *t, const struct type *type)
{
	struct buffer list = { 0 };
	uint32_t node;

	put_members(t, type, &list);
	node = begin(t);
	buffer_printf(TEXT, "!DICompositeType(tag: DW_TAG_%s, ", structure_tag(type));
	put_structure(t, type, &list);
	buffer_free(&list);
	return type->name == NO_NAME ? node :
	       derived_node(t, "typedef", type->name, node, 0);
}

/* more: what is told of its parameters. */
static uint32_t function_node(struct type_nodes *t, uint32_t of, const char *more)
{
	uint32_t node = begin(t);

	buffer_text(TEXT, "!DISubroutineType(types: !{");
	put_ref(t, of);
	buffer_printf(TEXT, "%s})\n", more);
	return node;
}

static uint32_t make(struct type_nodes *t, const struct type *type, unsigned int copy)
{
	switch ((enum type_kind)type->kind) {
	case TYPE_NUMBER:
		return number_node(t, type);
	case TYPE_ENUM:
		return enum_node(t, type);
	case TYPE_POINTER:
		return pointer_node(t, type, copy);
	case TYPE_ARRAY:
		return array_node(t, type);
	case TYPE_FUNCTION:
		return function_node(t, type_node(t, type->of), ", null");
	case TYPE_TYPEDEF:
		return derived_node(t, "typedef", type->name, type_node(t, type->of), 0);
	case TYPE_CONST:
		return derived_node(t, "const_type", NO_NAME,
				    node_of(t, type->of, copy), 0);
	case TYPE_VOLATILE:
		return derived_node(t, "volatile_type", NO_NAME,
				    node_of(t, type->of, copy), 0);
	case TYPE_TAG:
		return tag_node(t, type);
	case TYPE_STRUCTURE:
		break;
	}
	return structure_node(t, type);
}

/*
 * gdb has one pointer to a type, of 4 bytes or of 8. So what a pointer of 64 bits leads to
 * is a copy of the type, and with it the pointers on the way there: a copy for each
 * number of them. Numbers are none of C's.
 */
static uint32_t node_of(struct type_nodes *t, uint32_t type, unsigned int copy)
{
	bool was_copy = t->is_copy;
	uint32_t *made;

	if (!t->types || type >= t->types->n || copy >= TYPE_COPIES)
		return NODE_NONE;
	made = &t->made[type * TYPE_COPIES + copy];
	if (*made == NODE_NONE) {
		t->is_copy = copy;
		*made = make(t, &t->types->list[type], copy);
		t->is_copy = was_copy;
	}
	return *made;
}

uint32_t type_node(struct type_nodes *t, uint32_t type)
{
	return node_of(t, type, 0);
}

/* Pointers up to what has a name or is none. */
static unsigned int count_pointers(const struct types *t, uint32_t type)
{
	unsigned int n = 0;

	for (; type < t->n; type = t->list[type].of) {
		if (t->list[type].kind == TYPE_POINTER)
			n++;
		else if (t->list[type].kind != TYPE_CONST &&
			 t->list[type].kind != TYPE_VOLATILE)
			break;
	}
	return n;
}

uint32_t type_node_of_value(struct type_nodes *t, uint32_t type)
{
	uint32_t plain = t->types ? types_strip(t->types, type) : TYPE_NONE, of;

	if (!t->types || plain >= t->types->n ||
	    t->types->list[plain].kind != TYPE_POINTER)
		return type_node(t, type);
	of = t->types->list[plain].of;
	return derived_node(t, "pointer_type", NO_NAME,
			    node_of(t, of, 1 + count_pointers(t->types, of)), 64);
}

uint32_t type_node_of_function(struct type_nodes *t, uint32_t result)
{
	return function_node(t, type_node_of_value(t, result), "");
}
