/* SPDX-License-Identifier: GPL-2.0-only */
/* kvm_para.h: those who look for stalls ask KVM's guests whether they were stopped. */
#ifndef _ASM_WASM_KVM_PARA_H
#define _ASM_WASM_KVM_PARA_H

#include <uapi/asm-generic/kvm_para.h>
#include <asm/time.h>

static inline bool kvm_check_and_clear_guest_paused(void)
{
	return wasm_excuse_host();
}

static inline unsigned int kvm_arch_para_features(void)
{
	return 0;
}

static inline unsigned int kvm_arch_para_hints(void)
{
	return 0;
}

static inline bool kvm_para_available(void)
{
	return false;
}
#endif
