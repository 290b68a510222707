/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_WASM_VDSO_PROCESSOR_H
#define _ASM_WASM_VDSO_PROCESSOR_H
#ifndef __ASSEMBLY__

#include <asm/host.h>

#define cpu_relax()	wasm_ext_cpu_relax()
#endif
#endif
