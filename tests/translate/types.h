/* SPDX-License-Identifier: Apache-2.0 */
/* types.h: what types.c and more_types.c have in common. */
enum colour { RED, GREEN = 7, BLUE };

struct node {
	struct node *next;
	long long value;
	unsigned int kind : 3, flags : 5;
	enum colour colour;
	char name[8];
};
