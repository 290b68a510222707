// SPDX-License-Identifier: Apache-2.0
/*
 * sigframe.c: the frame of a signal's handler, see sigframe.h. As Linux for x86-64
 * makes it (arch/x86/include/asm/sigframe.h, uapi/asm/sigcontext.h): the address to
 * return to, which calls sigreturn(2), the context, the siginfo_t, and above them, on
 * 64 bytes, the state of the floating point unit.
 */
#include <string.h>

#include "sanitize.h"
#include "sigframe.h"
#include "util.h"

#define RETURN_ADDRESS 8u
#define FPU_BYTES 512u	  /* FXSAVE */
#define FPU_SOFTWARE 464u /* struct _fpx_sw_bytes in it */
#define FPU_MAGIC 0x46505853u
#define FPU_ALIGNED 64u

struct fpu_software {
	u32 magic, extended_size;
};

static NOT_SANITIZED uintptr_t end_of_fpu(const char *fpu)
{
	struct fpu_software software;

	memcpy(&software, fpu + FPU_SOFTWARE, sizeof(software));
	return (uintptr_t)fpu + (software.magic == FPU_MAGIC ?
					 software.extended_size : FPU_BYTES);
}

NOT_SANITIZED void sigframe_move(uintptr_t sp, sigframe_handler *handler, int signo,
				 siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	uintptr_t from = (uintptr_t)context - RETURN_ADDRESS;
	uintptr_t end = uc->uc_mcontext.fpregs ?
				end_of_fpu((char *)uc->uc_mcontext.fpregs) :
				(uintptr_t)(info + 1);
	uintptr_t to = sp - (end - from);

	to -= (to - from) % FPU_ALIGNED;
	memcpy((void *)to, (void *)from, end - from);
	uc = (ucontext_t *)(to + RETURN_ADDRESS);
	if (uc->uc_mcontext.fpregs)
		uc->uc_mcontext.fpregs =
			(void *)((uintptr_t)uc->uc_mcontext.fpregs + (to - from));
	__asm__ volatile("mov %0, %%rsp\n\t"
			 "jmp *%1"
			 : : "r"(to), "r"(handler), "D"(signo),
			   "S"((uintptr_t)info + (to - from)), "d"(uc)
			 : "memory");
	__builtin_unreachable();
}
