/* SPDX-License-Identifier: Apache-2.0 */
/* guest_ref.h: tables, indirect calls and exceptions (see guest_ops.h). */
#ifndef GUEST_REF_H
#define GUEST_REF_H

/* ---- function types and indirect calls -------------------------------- */

#define FUNC_TYPE_DECL_EXTERN_T(x) extern const char x[33]
#define FUNC_TYPE_EXTERN_T(x) const char x[33]

OP void check_entry(const wasm_rt_funcref_table_t *table, u32 i,
		    wasm_rt_func_type_t type)
{
	if (UNLIKELY(i >= table->size))
		wasm_rt_trap_call(table, i);
	if (UNLIKELY(table->data[i].func_type != type))
		guest_rt_check_type(table, i, type);
}

/* The callee gets the caller's instance, not one of the table's. */
#define CALL_INDIRECT(table, type, func_type, i, module_instance, ...)        \
	(check_entry(&(table), i, func_type),                                 \
	 ((type)(table).data[i].func)(instance, ##__VA_ARGS__))

/* ---- tables ----------------------------------------------------------- */

#define wasm_rt_funcref_null_value ((wasm_rt_funcref_t){ NULL, NULL })
#define wasm_rt_externref_null_value NULL

typedef enum { RefFunc, RefNull, GlobalGet } wasm_elem_segment_expr_type_t;

typedef struct {
	u32 expr_type;
	wasm_rt_func_type_t type;
	wasm_rt_function_ptr_t func;
	u32 module_offset; /* of the global, for GlobalGet */
} wasm_elem_segment_expr_t;

OP void check_table(u64 a, u64 n, u32 size)
{
	if (UNLIKELY(a + n > size))
		TRAP(OOB);
}

OP void funcref_table_init(wasm_rt_funcref_table_t *table,
			   const wasm_elem_segment_expr_t *segment,
			   u32 segment_size, u64 d, u32 s, u32 n,
			   void *instance)
{
	u32 i;

	check_table(s, n, segment_size);
	check_table(d, n, table->size);
	for (i = 0; i < n; i++) {
		const wasm_elem_segment_expr_t *e = &segment[s + i];

		if (e->expr_type == GlobalGet)
			table->data[d + i] = **(wasm_rt_funcref_t **)
				((char *)instance + e->module_offset);
		else
			table->data[d + i] = (wasm_rt_funcref_t){ e->type,
								  e->func };
	}
}

OP void externref_table_init(wasm_rt_externref_table_t *table,
			     u32 segment_size, u64 d, u32 s, u32 n)
{
	check_table(s, n, segment_size);
	check_table(d, n, table->size);
	while (n)
		table->data[d + --n] = NULL;
}

#define TABLE(kind)                                                           \
	OP void kind##_table_copy(wasm_rt_##kind##_table_t *dest,             \
				  const wasm_rt_##kind##_table_t *src,        \
				  u64 d, u64 s, u64 n)                        \
	{                                                                     \
		check_table(d, n, dest->size);                                \
		check_table(s, n, src->size);                                 \
		guest_rt_move(dest->data + d, src->data + s,                  \
			      n * sizeof(*dest->data));                       \
	}                                                                     \
	OP wasm_rt_##kind##_t kind##_table_get(                               \
		const wasm_rt_##kind##_table_t *table, u64 i)                 \
	{                                                                     \
		check_table(i, 1, table->size);                               \
		return table->data[i];                                        \
	}                                                                     \
	OP void kind##_table_set(const wasm_rt_##kind##_table_t *table,       \
				 u64 i, wasm_rt_##kind##_t value)             \
	{                                                                     \
		check_table(i, 1, table->size);                               \
		table->data[i] = value;                                       \
	}                                                                     \
	OP void kind##_table_fill(const wasm_rt_##kind##_table_t *table,      \
				  u64 d, wasm_rt_##kind##_t value, u64 n)     \
	{                                                                     \
		check_table(d, n, table->size);                               \
		while (n)                                                     \
			table->data[d + --n] = value;                         \
	}                                                                     \
	/* Instances share tables, so they stay where and as long as they     \
	 * are; wasm allows table.grow to fail. */                            \
	OP u32 wasm_rt_grow_##kind##_table(wasm_rt_##kind##_table_t *table,   \
					   u32 n, wasm_rt_##kind##_t value)   \
	{                                                                     \
		return n ? (u32)-1 : table->size;                             \
	}

TABLE(funcref)
TABLE(externref)

/* ---- exceptions ------------------------------------------------------- */

#define GUEST_EXCEPTION_SIZE 128

typedef const void *wasm_rt_tag_t;

/* The callee-saved registers, stack pointer and return address; and how deep
 * ThreadSanitizer believes the stack to be. */
typedef struct guest_target WASM_RT_UNWIND_TARGET;

struct guest_target {
	u64 saved[8];
	u64 depth;
	/* Not NULL: for exceptions of this tag only, others go to outer. */
	volatile wasm_rt_tag_t tag;
	WASM_RT_UNWIND_TARGET *volatile outer;
};

/* Part of each instance: what is being thrown, and where to. The latter matters
 * between any two instructions, for an interrupt may lead to a throw. */
struct guest_exception {
	WASM_RT_UNWIND_TARGET *volatile target;
	wasm_rt_tag_t tag;
	u32 size;
	u8 data[GUEST_EXCEPTION_SIZE];
};

typedef struct {
	wasm_rt_tag_t tag;
	u32 size;
	u8 data[GUEST_EXCEPTION_SIZE];
} wasm_rt_exnref_t;

#define wasm_rt_exnref_null_value ((wasm_rt_exnref_t){ NULL })

/* setjmp() and longjmp() without a signal mask, as guest text. */
int guest_rt_try(WASM_RT_UNWIND_TARGET *target)
	__attribute__((returns_twice));
void guest_rt_throw(struct guest_exception *exception)
	__attribute__((noreturn));
void guest_rt_load_exception(struct guest_exception *exception,
			     wasm_rt_tag_t tag, u32 size, const void *data);

/* All of these stand in functions that have an `instance`. */
#ifdef GUEST_TSAN
#define wasm_rt_try(target)                                     \
	((target).tag = NULL, \
	 (target).depth = __tsan_testonly_shadow_stack_current_size(), \
	 guest_rt_try(&(target)) ?                              \
		 (guest_rt_set_depth((target).depth), 1) : 0)
#else
#define wasm_rt_try(target) ((target).tag = NULL, guest_rt_try(&(target)))
#endif
#define wasm_rt_get_unwind_target() (instance->exception.target)
#define wasm_rt_set_unwind_target(t) (instance->exception.target = (t))
#define wasm_rt_load_exception(tag, size, data) \
	guest_rt_load_exception(&instance->exception, tag, size, data)
#define wasm_rt_throw() guest_rt_throw(&instance->exception)
#define wasm_rt_exception_tag() (instance->exception.tag)
#define wasm_rt_exception_size() (instance->exception.size)
#define wasm_rt_exception() (instance->exception.data)

#endif
