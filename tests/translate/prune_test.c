// SPDX-License-Identifier: Apache-2.0
/*
 * prune_test.c: prune_test MODULE ROUNDS: DWARF stays well-formed when it is
 * pruned, and damage in it, ROUNDS times at random places, does no harm.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prune.h"

#define CHECK(cond) \
	((cond) ? (void)0 : \
	 (fprintf(stderr, "line %d: %s\n", __LINE__, #cond), exit(1)))

/* Of modules that wlcc links: the import after __stack_pointer. */
#define MEMORY_BASE 1

static uint64_t random_state = 88172645463325252u;

/* Xorshift: the same numbers in each run. */
static uint64_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static uint8_t *read_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p;

	CHECK(f && !fseek(f, 0, SEEK_END));
	*n = (size_t)ftell(f);
	rewind(f);
	p = malloc(*n);
	CHECK(p && fread(p, 1, *n, f) == *n);
	fclose(f);
	return p;
}

struct count {
	unsigned int types, variables, functions, damaged;
};

/* Every reference has to be to the start of an entry. */
static struct count count_entries(struct dwarf *d)
{
	uint8_t *starts = calloc(1, d->info.n + 1);
	struct count count = { 0 };
	size_t next;
	int pass;

	d->effort = 16 * (uint64_t)d->abbrev.n;
	for (pass = 0; pass < 2; pass++) {
		struct dwarf_unit u;
		struct dwarf_die die;

		for (next = 0; dwarf_unit_begin(&u, d, &next);
		     count.damaged += u.r.bad) {
			while (dwarf_next(&u, &die)) {
				unsigned int i;

				starts[die.offset] = die.tag != 0;
				if (!pass)
					continue;
				count.types += die.tag == DW_TAG_structure_type;
				count.variables += die.tag == DW_TAG_variable;
				count.functions += die.tag == DW_TAG_subprogram;
				for (i = 0; i < die.nrefs; i++)
					CHECK(die.refs[i].target < d->info.n &&
					      starts[die.refs[i].target]);
			}
		}
	}
	free(starts);
	return count;
}

static void test_good(const struct wasm_module *m)
{
	struct dwarf d;
	struct pruned p;
	struct count before, after;

	dwarf_open(&d, m);
	CHECK(d.info.n && d.abbrev.n);
	before = count_entries(&d);
	prune_dwarf(&d, MEMORY_BASE, &p);
	CHECK(!p.info.failed && !p.abbrev.failed && !p.aranges.failed);
	CHECK(p.info.n && p.info.n < d.info.n && p.abbrev.n == d.abbrev.n);
	d.info = (struct wasm_slice){ p.info.p, p.info.n };
	d.abbrev = (struct wasm_slice){ p.abbrev.p, p.abbrev.n };
	d.abbrevs_at = UINT64_MAX;
	after = count_entries(&d);
	CHECK(!before.damaged && !after.damaged);
	CHECK(after.types && after.types < before.types);
	CHECK(before.functions && !after.functions);
	CHECK(after.variables && after.variables < before.variables);
	pruned_free(&p);
	dwarf_free(&d);
}

static void test_damaged(const struct wasm_module *m)
{
	struct dwarf d;
	struct pruned p;
	struct wasm_slice s;
	uint64_t i, n = 1 + next_random() % 8;

	dwarf_open(&d, m);
	s = next_random() % 3 ? d.info : d.abbrev;
	for (i = 0; i < n; i++)
		((uint8_t *)s.p)[next_random() % s.n] =
			(uint8_t)next_random();
	prune_dwarf(&d, MEMORY_BASE, &p);
	CHECK(!p.info.failed && p.info.n <= d.info.n);
	pruned_free(&p);
	dwarf_free(&d);
}

int main(int argc, char **argv)
{
	struct failure failure;
	struct wasm_module m;
	uint8_t *good, *bad;
	size_t n;
	long i;

	CHECK(argc == 3);
	good = read_file(argv[1], &n);
	CHECK(!wasm_module_read(&m, good, n, &failure));
	test_good(&m);
	wasm_module_free(&m);
	bad = malloc(n);
	CHECK(bad);
	for (i = 0; i < atol(argv[2]); i++) {
		memcpy(bad, good, n);
		CHECK(!wasm_module_read(&m, bad, n, &failure));
		test_damaged(&m);
		wasm_module_free(&m);
	}
	free(bad);
	free(good);
	return 0;
}
