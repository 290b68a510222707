// SPDX-License-Identifier: Apache-2.0
/* tls.c: the exports that give access to the TLS base, see tls.h. */
#include "tls.h"

static bool reads(struct wasm_reader *r, unsigned int op)
{
	struct wasm_insn insn;

	return wasm_read_insn(r, &insn) && insn.op == op;
}

static bool is_access(const struct wasm_module *m, uint32_t function, bool is_get)
{
	uint32_t body = function - m->imported[WASM_K_FUNC];
	struct wasm_reader r = { 0 };

	if (function < m->imported[WASM_K_FUNC] || body >= m->nbodies)
		return false;
	r.p = m->bodies[body].p;
	r.end = r.p + m->bodies[body].n;
	wasm_skip_locals(&r);
	return (is_get ? reads(&r, WASM_OP_GLOBAL_GET) :
			 reads(&r, WASM_OP_LOCAL_GET) &&
				 reads(&r, WASM_OP_GLOBAL_SET)) &&
	       reads(&r, WASM_OP_END) && r.p == r.end;
}

int tls_check(const struct wasm_module *m, struct failure *failure)
{
	uint32_t i;

	for (i = 0; i < m->nexports; i++) {
		const struct wasm_export *e = &m->exports[i];
		bool is_get = wasm_slice_is(e->name, "__get_tls_base");

		if (!is_get && !wasm_slice_is(e->name, "__set_tls_base"))
			continue;
		if (e->kind == WASM_K_FUNC && !is_access(m, e->index, is_get))
			return failure_set(failure, FAIL_INPUT,
					   "its %s does more than to %s a global",
					   is_get ? "__get_tls_base" :
						    "__set_tls_base",
					   is_get ? "read" : "write");
	}
	return 0;
}
