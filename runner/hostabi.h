/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostabi.h: host_abi.h seen from the host. A module's import env.NAME is the
 * function host_NAME here; its first argument is the calling task.
 */
#ifndef RUNNER_HOSTABI_H
#define RUNNER_HOSTABI_H

#include "host_abi.h"
#include "util.h"

struct task;

#define GUEST_PTR(type) gaddr_t

/* , type name for each argument */
#define ABI_PARAMS_0()
#define ABI_PARAMS_1(t, a, ...) , t a
#define ABI_PARAMS_2(t, a, ...) , t a ABI_PARAMS_1(__VA_ARGS__)
#define ABI_PARAMS_3(t, a, ...) , t a ABI_PARAMS_2(__VA_ARGS__)
#define ABI_PARAMS_4(t, a, ...) , t a ABI_PARAMS_3(__VA_ARGS__)
#define ABI_PARAMS_5(t, a, ...) , t a ABI_PARAMS_4(__VA_ARGS__)
#define ABI_PARAMS_6(t, a, ...) , t a ABI_PARAMS_5(__VA_ARGS__)
#define ABI_PARAMS_7(t, a, ...) , t a ABI_PARAMS_6(__VA_ARGS__)

/* , name for each argument */
#define ABI_NAMES_0()
#define ABI_NAMES_1(t, a, ...) , a
#define ABI_NAMES_2(t, a, ...) , a ABI_NAMES_1(__VA_ARGS__)
#define ABI_NAMES_3(t, a, ...) , a ABI_NAMES_2(__VA_ARGS__)
#define ABI_NAMES_4(t, a, ...) , a ABI_NAMES_3(__VA_ARGS__)
#define ABI_NAMES_5(t, a, ...) , a ABI_NAMES_4(__VA_ARGS__)
#define ABI_NAMES_6(t, a, ...) , a ABI_NAMES_5(__VA_ARGS__)
#define ABI_NAMES_7(t, a, ...) , a ABI_NAMES_6(__VA_ARGS__)

/* The names as one string: "buf len " */
#define ABI_TEXT_0() ""
#define ABI_TEXT_1(t, a, ...) #a " "
#define ABI_TEXT_2(t, a, ...) #a " " ABI_TEXT_1(__VA_ARGS__)
#define ABI_TEXT_3(t, a, ...) #a " " ABI_TEXT_2(__VA_ARGS__)
#define ABI_TEXT_4(t, a, ...) #a " " ABI_TEXT_3(__VA_ARGS__)
#define ABI_TEXT_5(t, a, ...) #a " " ABI_TEXT_4(__VA_ARGS__)
#define ABI_TEXT_6(t, a, ...) #a " " ABI_TEXT_5(__VA_ARGS__)
#define ABI_TEXT_7(t, a, ...) #a " " ABI_TEXT_6(__VA_ARGS__)

/* The types as in guest_module.h: "i:iij" */
#define ABI_LETTER_void ""
#define ABI_LETTER_u32 "i"
#define ABI_LETTER_u64 "j"
#define ABI_LETTER_gaddr_t "i"
#define ABI_TYPE(t) ABI_TYPE_(t)
#define ABI_TYPE_(t) ABI_LETTER_##t
#define ABI_TYPES_0() ""
#define ABI_TYPES_1(t, a, ...) ABI_TYPE(t)
#define ABI_TYPES_2(t, a, ...) ABI_TYPE(t) ABI_TYPES_1(__VA_ARGS__)
#define ABI_TYPES_3(t, a, ...) ABI_TYPE(t) ABI_TYPES_2(__VA_ARGS__)
#define ABI_TYPES_4(t, a, ...) ABI_TYPE(t) ABI_TYPES_3(__VA_ARGS__)
#define ABI_TYPES_5(t, a, ...) ABI_TYPE(t) ABI_TYPES_4(__VA_ARGS__)
#define ABI_TYPES_6(t, a, ...) ABI_TYPE(t) ABI_TYPES_5(__VA_ARGS__)
#define ABI_TYPES_7(t, a, ...) ABI_TYPE(t) ABI_TYPES_6(__VA_ARGS__)

#define ABI_SIGNATURE(ret, n, ...) \
	ABI_TYPE(ret) ":" ABI_TYPES_##n(__VA_ARGS__)

enum host_call {
#define ABI_ENUM(ret, name, n, ...) HOST_CALL_##name,
	HOST_CALLS(ABI_ENUM)
#undef ABI_ENUM
	HOST_CALL_COUNT
};

#define ABI_PROTOTYPE(ret, name, n, ...) \
	ret host_##name(struct task *task ABI_PARAMS_##n(__VA_ARGS__));
HOST_CALLS(ABI_PROTOTYPE)
#undef ABI_PROTOTYPE

#endif
