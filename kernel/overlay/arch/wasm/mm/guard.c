// SPDX-License-Identifier: GPL-2.0-only
/* guard.c: pages that nobody may touch, and what programs can make of them. */
#include <linux/bitmap.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/syscalls.h>

#include <asm/guard.h>
#include <asm/host.h>

unsigned long wasm_guards[BITS_TO_LONGS(1ul << (32 - PAGE_SHIFT))];
EXPORT_SYMBOL(wasm_guards);

bool wasm_any_guarded(unsigned long first_pfn, unsigned long last_pfn)
{
	return last_pfn < first_pfn ||
	       find_next_bit(wasm_guards, last_pfn + 1, first_pfn) <= last_pfn;
}
EXPORT_SYMBOL(wasm_any_guarded);

/* A bit is set for as long as its page cannot be touched, or longer. */
int wasm_guard(unsigned long start, unsigned long end)
{
	unsigned long addr;

	for (addr = start; addr < end; addr += PAGE_SIZE)
		set_bit(addr >> PAGE_SHIFT, wasm_guards);
	if (!wasm_ext_protect(start, end - start, WASM_PROTECT_NONE))
		return 0;
	wasm_unguard(start, end);
	return -ENOMEM;
}

int wasm_unguard(unsigned long start, unsigned long end)
{
	unsigned long addr;

	if (start >= end || !wasm_any_guarded(start >> PAGE_SHIFT,
					      (end - 1) >> PAGE_SHIFT))
		return 0;
	if (wasm_ext_protect(start, end - start, WASM_PROTECT_ALL))
		return -ENOMEM;
	for (addr = start; addr < end; addr += PAGE_SIZE)
		clear_bit(addr >> PAGE_SHIFT, wasm_guards);
	return 0;
}

/* Are these pages memory of the program's own, and nobody else's? */
static int check_own(struct mm_struct *mm, unsigned long start,
		     unsigned long end, bool none)
{
	struct vm_area_struct *vma;

	for (; start < end; start = vma->vm_end) {
		vma = find_vma(mm, start);
		if (!vma || vma->vm_start > start)
			return -ENOMEM;
		if (none && (vma->vm_file || vma->vm_flags & VM_MAYSHARE))
			return -EACCES;
	}
	return 0;
}

/* PROT_NONE works; memory that may be read may also be written. */
SYSCALL_DEFINE3(mprotect, unsigned long, start, size_t, len, unsigned long,
		prot)
{
	bool none = !(prot & (PROT_READ | PROT_WRITE | PROT_EXEC));
	struct mm_struct *mm = current->mm;
	unsigned long end;
	int err;

	if (start & ~PAGE_MASK ||
	    prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM))
		return -EINVAL;
	if (!len)
		return 0;
	end = start + PAGE_ALIGN(len);
	if (end <= start)
		return -ENOMEM;
	if (mmap_write_lock_killable(mm))
		return -EINTR;
	err = check_own(mm, start, end, none);
	if (!err && none)
		err = wasm_guard(start, end);
	else if (!err)
		err = wasm_unguard(start, end);
	mmap_write_unlock(mm);
	return err;
}

SYSCALL_DEFINE6(mmap2, unsigned long, addr, unsigned long, len, unsigned long,
		prot, unsigned long, flags, unsigned long, fd, unsigned long,
		pgoff)
{
	unsigned long ret = ksys_mmap_pgoff(addr, len, prot, flags, fd, pgoff);
	int err;

	if (IS_ERR_VALUE(ret) || prot != PROT_NONE ||
	    (flags & (MAP_TYPE | MAP_ANONYMOUS)) != (MAP_PRIVATE | MAP_ANONYMOUS))
		return ret;
	err = wasm_guard(ret, ret + PAGE_ALIGN(len));
	if (!err)
		return ret;
	vm_munmap(ret, len);
	return err;
}
