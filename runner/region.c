// SPDX-License-Identifier: Apache-2.0
/* region.c: what the guest's kernel gave to programs, see region.h. */
#include <pthread.h>

#include "region.h"
#include "variables.h"

/* A red-black tree of all that a guest can have is not as high. */
#define MAX_HEIGHT 64

/* What of the kernel (mm/nommu.c, linux/rbtree_types.h) is needed here. */
static struct {
	bool is_known;
	gaddr_t root;
	u32 node, start, end; /* of a vm_region */
	u32 left, right; /* of an rb_node */
} layout;

static bool member(const char *structure, const char *name, u32 *ret)
{
	struct variable v;

	if (!variables_member(structure, name, &v))
		return false;
	*ret = (u32)v.gaddr;
	return true;
}

static void read_layout(void)
{
	struct variable root;
	char error[160];

	if (variables_find("nommu_region_tree", &root, error, sizeof(error)))
		return;
	layout.root = (gaddr_t)root.gaddr;
	layout.is_known = member("vm_region", "vm_rb", &layout.node) &&
			  member("vm_region", "vm_start", &layout.start) &&
			  member("vm_region", "vm_top", &layout.end) &&
			  member("rb_node", "rb_left", &layout.left) &&
			  member("rb_node", "rb_right", &layout.right);
}

bool region_find(const struct memory *m, gaddr_t gaddr, struct region *ret)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	u32 node, region;
	int i;

	pthread_once(&once, read_layout);
	if (!layout.is_known || !memory_peek(m, layout.root, &node))
		return false;
	for (i = 0; node && i < MAX_HEIGHT; i++) {
		region = node - layout.node;
		if (!memory_peek(m, region + layout.start, &ret->start) ||
		    !memory_peek(m, region + layout.end, &ret->end))
			return false;
		if (region_contains(ret, gaddr))
			return true;
		if (!memory_peek(m, node + (gaddr < ret->start ? layout.left :
							       layout.right),
				 &node))
			return false;
	}
	return false;
}
