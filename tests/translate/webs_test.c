// SPDX-License-Identifier: Apache-2.0
/* webs_test.c: webs of locals in functions that are written here, byte by byte. */
#include <stdio.h>
#include <stdlib.h>

#include "webs.h"

/* Locals: 0 is a parameter, 1 is not. The addresses of the code begin at CODE. */
#define CODE 3
#define BLOCK WASM_OP_BLOCK, 0x40
#define LOOP WASM_OP_LOOP, 0x40
#define IF WASM_OP_IF, 0x40
#define TRY WASM_OP_TRY, 0x40
#define CONST WASM_OP_I32_CONST, 1
#define GET(n) WASM_OP_LOCAL_GET, n
#define SET(n) CONST, WASM_OP_LOCAL_SET, n
#define USE(n) GET(n), WASM_OP_DROP
#define END WASM_OP_END

static int failures;
static const char *test_name;

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (condition)                                                 \
			break;                                                 \
		printf("%s: line %d: %s\n", test_name, __LINE__, #condition);  \
		failures++;                                                    \
	} while (0)

static bool read_code(const uint8_t *code, size_t n, uint64_t effort,
		      struct webs *ret)
{
	static const uint8_t params[] = { WASM_I32 };
	static uint8_t body[200] = { 1, 1, WASM_I32 };
	struct wasm_functype type = { .params = { params, 1 } };
	struct wasm_slice bodies = { body, n + CODE };
	uint32_t func_type = 0;
	struct wasm_module m = { .types = &type, .bodies = &bodies, .nbodies = 1,
				 .func_types = &func_type };
	size_t i;

	for (i = 0; i < n; i++)
		body[CODE + i] = code[i];
	m.section[WASM_CODE] = bodies;
	return webs_read(&m, 0, &effort, ret);
}

static uint32_t web(const struct webs *w, uint32_t local, uint32_t address)
{
	uint32_t until;

	return webs_at(w, local, CODE + address, &until);
}

/* Reads a function and names the test. */
#define READ(name, ...)                                                        \
	static const uint8_t code[] = { __VA_ARGS__ };                         \
	struct webs w;                                                         \
	test_name = name;                                                      \
	CHECK(read_code(code, sizeof(code), 1000, &w))

static void test_line(void)
{
	uint32_t until;
	READ("another thing in the same local",
	     USE(0), /* 3 */ SET(0), /* 7 */ USE(0), /* 10 */ END);

	CHECK(web(&w, 0, 0) == web(&w, 0, 6));
	CHECK(web(&w, 0, 0) != web(&w, 0, 7));
	CHECK(web(&w, 0, 7) == web(&w, 0, 10) && web(&w, 0, 7) != NO_WEB);
	CHECK(web(&w, 1, 0) == web(&w, 1, 10));
	CHECK(webs_at(&w, 0, CODE, &until) != NO_WEB && until == CODE + 7);
	CHECK(webs_at(&w, 1, CODE, &until) != NO_WEB && until == UINT32_MAX);
	CHECK(webs_reached(&w, CODE + 5) == CODE + 5);
	CHECK(webs_is_set(&w, 0, CODE, CODE + 8) && !webs_is_set(&w, 1, CODE, CODE + 8));
	CHECK(webs_before(&w, 0, CODE + 7) == CODE + 5);
	CHECK(webs_before(&w, 0, CODE + 6) == CODE + 6);
	CHECK(webs_before(&w, 1, CODE + 7) == CODE + 7);
	CHECK(!webs_is_set(&w, 0, CODE, CODE + 7) && !webs_is_set(&w, 0, CODE + 7, CODE + 10));
	webs_free(&w);
}

static void test_tee(void)
{
	READ("straight code behind a local.tee",
	     CONST, WASM_OP_LOCAL_TEE, 1, /* 4 */ WASM_OP_DROP, /* 5 */ USE(1),
	     /* 8 */ SET(0), /* 12 */ CONST, /* 14 */ WASM_OP_LOCAL_TEE, 1,
	     /* 16 */ IF, /* 18 */ END, /* 19 */ END);

	CHECK(webs_is_tee(&w, 1, CODE + 4, CODE + 5));
	CHECK(webs_is_tee(&w, 1, CODE + 4, CODE + 15));
	CHECK(!webs_is_tee(&w, 1, CODE + 4, CODE + 16));
	CHECK(!webs_is_tee(&w, 1, CODE + 5, CODE + 8));
	CHECK(!webs_is_tee(&w, 0, CODE + 4, CODE + 5));
	CHECK(!webs_is_tee(&w, 0, CODE + 12, CODE + 14));
	CHECK(!webs_is_tee(&w, 1, CODE + 16, CODE + 16));
	webs_free(&w);
}

static void test_joined(void)
{
	READ("one thing that two ways set",
	     CONST, IF, /* 4 */ SET(0), /* 8 */ WASM_OP_ELSE, /* 9 */
	     SET(0), /* 13 */ END, /* 14 */ USE(0), END);

	CHECK(web(&w, 0, 8) == web(&w, 0, 13));
	CHECK(web(&w, 0, 8) == web(&w, 0, 14));
	CHECK(web(&w, 0, 4) == web(&w, 0, 9));
	CHECK(web(&w, 0, 4) != web(&w, 0, 8));
	webs_free(&w);
}

static void test_not_joined(void)
{
	READ("what nobody uses is of one or the other",
	     CONST, IF, /* 4 */ SET(0), /* 8 */ USE(0), /* 11 */ END,
	     /* 12 */ SET(0), /* 16 */ USE(0), END);

	CHECK(web(&w, 0, 4) != web(&w, 0, 8));
	CHECK(web(&w, 0, 12) == NO_WEB);
	CHECK(web(&w, 0, 16) != NO_WEB && web(&w, 0, 16) != web(&w, 0, 8));
	webs_free(&w);
}

static void test_loop(void)
{
	READ("a loop's variable, and what has its local for a while",
	     LOOP, /* 2 */ USE(0), /* 5 */ SET(0), /* 9 */ SET(1), /* 13 */
	     USE(1), /* 16 */ CONST, WASM_OP_BR_IF, 0, /* 20 */ END, /* 21 */
	     END);

	CHECK(web(&w, 0, 0) != NO_WEB);
	CHECK(web(&w, 0, 0) == web(&w, 0, 2));
	CHECK(web(&w, 0, 0) == web(&w, 0, 9));
	CHECK(web(&w, 0, 0) == web(&w, 0, 21));
	CHECK(web(&w, 1, 0) == NO_WEB);
	CHECK(web(&w, 1, 13) != NO_WEB);
	webs_free(&w);
}

static void test_unused_join_of_one(void)
{
	READ("a join of a web with itself",
	     CONST, IF, USE(0), END, /* 8 */ LOOP, CONST, WASM_OP_BR_IF, 0,
	     END, /* 15 */ END);

	CHECK(web(&w, 0, 8) == web(&w, 0, 0));
	CHECK(web(&w, 0, 15) == web(&w, 0, 0) && web(&w, 0, 0) != NO_WEB);
	webs_free(&w);
}

static void test_gap(void)
{
	READ("code that is not reached",
	     BLOCK, /* 2 */ SET(0), /* 6 */ WASM_OP_BR, 0, /* 8 */ SET(0),
	     /* 12 */ USE(0), /* 15 */ END, /* 16 */ USE(0), WASM_OP_RETURN,
	     /* 20 */ END);

	CHECK(webs_reached(&w, CODE + 7) == CODE + 7);
	CHECK(webs_reached(&w, CODE + 8) == CODE + 16);
	CHECK(webs_reached(&w, CODE + 15) == CODE + 16);
	CHECK(webs_reached(&w, CODE + 16) == CODE + 16);
	CHECK(webs_reached(&w, CODE + 20) == UINT32_MAX);
	CHECK(web(&w, 0, 6) == web(&w, 0, 16));
	webs_free(&w);
}

static void test_table(void)
{
	READ("br_table", BLOCK, BLOCK, /* 4 */ SET(0), /* 8 */ CONST,
	     WASM_OP_BR_TABLE, 1, 0, 1, /* 14 */ END, /* 15 */ SET(0), /* 19 */
	     END, /* 20 */ USE(0), END);

	CHECK(web(&w, 0, 8) == web(&w, 0, 19));
	CHECK(web(&w, 0, 8) == web(&w, 0, 20));
	webs_free(&w);
}

static void test_try(void)
{
	READ("what a catch finds", TRY, /* 2 */ SET(0), /* 6 */ SET(0), /* 10 */
	     WASM_OP_CATCH_ALL, /* 11 */ USE(0), WASM_OP_UNREACHABLE, END,
	     /* 16 */ END);

	CHECK(web(&w, 0, 0) == web(&w, 0, 6));
	CHECK(web(&w, 0, 6) == web(&w, 0, 11));
	CHECK(web(&w, 0, 16) == web(&w, 0, 11) && web(&w, 0, 11) != NO_WEB);
	webs_free(&w);
}

static void test_try_table(void)
{
	READ("where a try_table leads", BLOCK, WASM_OP_TRY_TABLE, 0x40, 1, 2, 0,
	     /* 7 */ SET(0), /* 11 */ SET(0), /* 15 */ WASM_OP_RETURN, END, END,
	     /* 18 */ USE(0), END);

	CHECK(web(&w, 0, 0) == web(&w, 0, 11));
	CHECK(web(&w, 0, 11) == web(&w, 0, 18) && web(&w, 0, 18) != NO_WEB);
	webs_free(&w);
}

static void test_delegate(void)
{
	READ("a try that leaves it to the one around it", TRY, TRY, /* 4 */ SET(0),
	     /* 8 */ WASM_OP_DELEGATE, 0, /* 10 */ WASM_OP_CATCH_ALL, /* 11 */
	     USE(0), /* 14 */ WASM_OP_CATCH_ALL, SET(0), /* 19 */ END, END);

	CHECK(web(&w, 0, 0) == web(&w, 0, 11) && web(&w, 0, 8) == web(&w, 0, 11));
	CHECK(web(&w, 0, 11) != NO_WEB);
	CHECK(web(&w, 0, 19) == NO_WEB || web(&w, 0, 19) != web(&w, 0, 11));
	webs_free(&w);
}

static void test_else_behind_jump(void)
{
	READ("an else behind a jump", CONST, IF, /* 4 */ SET(0), /* 8 */
	     WASM_OP_RETURN, /* 9 */ WASM_OP_ELSE, /* 10 */ USE(0), /* 13 */ END,
	     /* 14 */ USE(0), END);

	CHECK(webs_reached(&w, CODE + 9) == CODE + 10);
	CHECK(web(&w, 0, 0) == web(&w, 0, 10) && web(&w, 0, 0) == web(&w, 0, 14));
	CHECK(web(&w, 0, 8) != web(&w, 0, 10));
	webs_free(&w);
}

static void test_try_in_loop(void)
{
	READ("a try in a loop", LOOP, TRY, /* 4 */ SET(0), WASM_OP_CATCH_ALL,
	     /* 9 */ WASM_OP_BR, 1, END, USE(0), /* 15 */ END, END);

	CHECK(web(&w, 0, 9) == NO_WEB && web(&w, 0, 15) != web(&w, 0, 0));
	webs_free(&w);
}

/* Damaged, or too much of it. */
static void test_refused(void)
{
	static const uint8_t far[] = { WASM_OP_BR, 1, END };
	static const uint8_t local[] = { USE(2), END };
	static const uint8_t open[] = { BLOCK, END };
	static const uint8_t other[] = { WASM_OP_ELSE, USE(0), END };
	static const uint8_t catch[] = { WASM_OP_TRY_TABLE, 0x40, 1, 2, 1, END, END };
	static const uint8_t good[] = { BLOCK, END, END };
	static const uint8_t many[] = {
		BLOCK, WASM_OP_TRY_TABLE, 0x40, 20, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0,
		2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0,
		2, 0, 2, 0, 2, 0, 2, 0, SET(0), SET(0), SET(0), SET(0), SET(0),
		END, END, END };
	struct webs w;

	test_name = "damaged code";
	CHECK(!read_code(far, sizeof(far), 1000, &w));
	webs_free(&w);
	CHECK(!read_code(local, sizeof(local), 1000, &w));
	webs_free(&w);
	CHECK(!read_code(open, sizeof(open), 1000, &w));
	webs_free(&w);
	CHECK(read_code(other, sizeof(other), 1000, &w));
	webs_free(&w);
	CHECK(!read_code(catch, sizeof(catch), 1000, &w));
	webs_free(&w);
	CHECK(!read_code(good, sizeof(good), 5, &w));
	webs_free(&w);
	CHECK(!read_code(many, sizeof(many), 200, &w));
	webs_free(&w);
	CHECK(read_code(good, sizeof(good), 100, &w));
	webs_free(&w);
}

int main(void)
{
	test_line();
	test_tee();
	test_joined();
	test_not_joined();
	test_loop();
	test_unused_join_of_one();
	test_gap();
	test_table();
	test_try();
	test_try_table();
	test_delegate();
	test_else_behind_jump();
	test_try_in_loop();
	test_refused();
	printf(failures ? "%d checks failed\n" : "ok\n", failures);
	return failures != 0;
}
