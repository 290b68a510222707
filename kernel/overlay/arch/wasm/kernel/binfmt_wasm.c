// SPDX-License-Identifier: GPL-2.0-only
/*
 * binfmt_wasm.c: programs that are wasm modules made for dynamic linking: their
 * first section, dylink.0, says how much memory they want. The host translates
 * the code; we give it the file, memory for the data, and a stack.
 */
#include <linux/binfmts.h>
#include <linux/auxvec.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/personality.h>
#include <linux/random.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <asm/guard.h>
#include <asm/host.h>

#define STACK_BYTES	(256 * 1024)
#define BRK_BYTES	(64 * 1024)
#define MAX_MODULE_BYTES	(64 * 1024 * 1024)
#define MAX_DATA_BYTES	(256 * 1024 * 1024)
#define DYLINK_MEM_INFO	1

/* What is read of bprm->buf. */
struct reader {
	const u8 *p, *end;
	bool bad;
};

static u32 read_byte(struct reader *r)
{
	if (r->p >= r->end) {
		r->bad = true;
		return 0;
	}
	return *r->p++;
}

static u32 read_leb(struct reader *r)
{
	u32 value = 0, shift, byte;

	for (shift = 0; shift < 35; shift += 7) {
		byte = read_byte(r);
		value |= (u64)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	r->bad = true;
	return 0;
}

static bool read_is(struct reader *r, const void *bytes, size_t n)
{
	if (r->end - r->p < n || memcmp(r->p, bytes, n))
		return false;
	r->p += n;
	return true;
}

/* Data size of a module whose first section is dylink.0; 0 if it is none. */
static int read_data_size(const struct linux_binprm *bprm, u32 *ret)
{
	struct reader r = {
		.p = bprm->buf,
		.end = bprm->buf + BINPRM_BUF_SIZE,
	};
	u32 size, align;

	if (!read_is(&r, "\0asm\1\0\0\0", 8) || read_byte(&r) != 0)
		return -ENOEXEC;
	read_leb(&r);	/* size of the section */
	if (!read_is(&r, "\10dylink.0", 9))
		return -ENOEXEC;
	if (read_byte(&r) != DYLINK_MEM_INFO)
		return -ENOEXEC;
	read_leb(&r);	/* size of the subsection */
	size = read_leb(&r);
	align = read_leb(&r);
	if (r.bad || size > MAX_DATA_BYTES || align > PAGE_SHIFT)
		return -ENOEXEC;
	*ret = size;
	return 0;
}

/*
 * The host may have to translate the program, which takes a while: we sleep
 * meanwhile, and may be killed.
 */
static int ask_host(unsigned long start, unsigned long size, const char *name)
{
	int err;

	while ((err = (int)wasm_ext_check_executable(start, start + size,
						     name)) == -EAGAIN) {
		schedule_timeout_killable(max(HZ / 50, 1));
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return err;
}

/* Files in RAM need no copy: their pages lie where a mapping would be. */
static unsigned long direct_address(struct file *file, unsigned long size)
{
	unsigned long addr;

	if (!file->f_op->get_unmapped_area)
		return -ENODEV;
	addr = file->f_op->get_unmapped_area(file, 0, size, 0, MAP_PRIVATE);
	return addr ?: -ENODEV;
}

static int check_module(struct linux_binprm *bprm, unsigned long size)
{
	unsigned long addr = direct_address(bprm->file, size);
	const char *name = kbasename(bprm->filename);
	void *copy;
	loff_t pos = 0;
	ssize_t n;
	int err;

	if (!IS_ERR_VALUE(addr))
		return ask_host(addr, size, name);
	copy = alloc_pages_exact(size, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	n = kernel_read(bprm->file, copy, size, &pos);
	err = n == size ? ask_host((unsigned long)copy, size, name) :
			  n < 0 ? n : -ENOEXEC;
	free_pages_exact(copy, size);
	return err;
}

static int push(unsigned long __user **sp, unsigned long value)
{
	return put_user(value, (*sp)++);
}

static int push_strings(unsigned long __user **sp, unsigned long *string,
			int count)
{
	int err = 0;

	while (count--) {
		long len = strnlen_user((char __user *)*string,
					MAX_ARG_STRLEN);

		if (!len || len > MAX_ARG_STRLEN)
			return -EINVAL;
		err |= push(sp, *string);
		*string += len;
	}
	return err | push(sp, 0);
}

static int push_auxv(unsigned long __user **sp, struct linux_binprm *bprm,
		     unsigned long random)
{
	const struct cred *cred = current_cred();
	const unsigned long auxv[][2] = {
		{ AT_NOTELF, 1 },
		{ AT_PAGESZ, PAGE_SIZE },
		{ AT_CLKTCK, CLOCKS_PER_SEC },
		{ AT_UID, from_kuid_munged(cred->user_ns, cred->uid) },
		{ AT_EUID, from_kuid_munged(cred->user_ns, cred->euid) },
		{ AT_GID, from_kgid_munged(cred->user_ns, cred->gid) },
		{ AT_EGID, from_kgid_munged(cred->user_ns, cred->egid) },
		{ AT_SECURE, bprm->secureexec },
		{ AT_RANDOM, random },
		{ AT_EXECFN, bprm->exec },
		{ AT_NULL, 0 },
	};
	int i, err = 0;

	for (i = 0; i < ARRAY_SIZE(auxv); i++) {
		err |= push(sp, auxv[i][0]);
		err |= push(sp, auxv[i][1]);
	}
	return err;
}

#define AUXV_WORDS 24	/* at least what push_auxv() pushes */

/* argc, argv, envp, auxv */
static unsigned long count_words(const struct linux_binprm *bprm)
{
	return 1 + bprm->argc + 1 + bprm->envc + 1 + AUXV_WORDS;
}

/* At the top the strings, below them the words; *sp is argc's. */
static int setup_stack(struct linux_binprm *bprm, unsigned long *ret_sp)
{
	struct mm_struct *mm = current->mm;
	unsigned long __user *sp;
	unsigned long string = *ret_sp, words, random;
	u8 bytes[16];
	int err;

	err = transfer_args_to_stack(bprm, &string);
	if (err)
		return err;
	words = count_words(bprm);
	random = (string - sizeof(bytes)) & ~15ul;
	sp = (void __user *)((random - words * sizeof(long)) & ~15ul);
	*ret_sp = (unsigned long)sp;

	get_random_bytes(bytes, sizeof(bytes));
	if (copy_to_user((void __user *)random, bytes, sizeof(bytes)))
		return -EFAULT;
	mm->arg_start = string;
	err = push(&sp, bprm->argc);
	err |= push_strings(&sp, &string, bprm->argc);
	mm->arg_end = mm->env_start = string;
	err |= push_strings(&sp, &string, bprm->envc);
	mm->env_end = string;
	err |= push_auxv(&sp, bprm, random);
	return err ? -EFAULT : 0;
}

static unsigned long map_anonymous(unsigned long size)
{
	return vm_mmap(NULL, 0, size, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
}

static int map_module(struct linux_binprm *bprm, unsigned long size,
		      u32 data_size)
{
	struct mm_struct *mm = current->mm;
	unsigned long data_bytes = PAGE_ALIGN(data_size), addr;

	addr = vm_mmap(bprm->file, 0, size, PROT_READ | PROT_EXEC, MAP_PRIVATE,
		       0);
	if (IS_ERR_VALUE(addr))
		return addr;
	mm->start_code = addr;
	mm->end_code = addr + size;

	addr = map_anonymous(data_bytes + BRK_BYTES);
	if (IS_ERR_VALUE(addr))
		return addr;
	mm->start_data = addr;
	mm->end_data = addr + data_size;
	mm->start_brk = mm->brk = addr + data_bytes;
	mm->context.end_brk = mm->start_brk + BRK_BYTES;
	return 0;
}

static int map_stack(struct linux_binprm *bprm, unsigned long *ret_sp)
{
	unsigned long args = MAX_ARG_PAGES * PAGE_SIZE - bprm->p +
			     count_words(bprm) * sizeof(long);
	unsigned long size = PAGE_SIZE + STACK_BYTES + PAGE_ALIGN(args), addr;
	int err;

	addr = map_anonymous(size);
	if (IS_ERR_VALUE(addr))
		return addr;
	err = wasm_guard(addr, addr + PAGE_SIZE);
	if (err)
		return err;
	*ret_sp = addr + size;
	current->mm->start_stack = addr + size;
	return setup_stack(bprm, ret_sp);
}

static int load_wasm(struct linux_binprm *bprm);

static struct linux_binfmt wasm_format = {
	.module = THIS_MODULE,
	.load_binary = load_wasm,
};

static int load_wasm(struct linux_binprm *bprm)
{
	loff_t size = i_size_read(file_inode(bprm->file));
	struct mm_struct *mm;
	unsigned long sp;
	u32 data_size;
	int err;

	err = read_data_size(bprm, &data_size);
	if (err)
		return err;
	if (size > MAX_MODULE_BYTES)
		return -ENOMEM;
	err = check_module(bprm, size);
	if (err)
		return err;

	err = begin_new_exec(bprm);
	if (err)
		return err;
	set_personality(PER_LINUX);
	setup_new_exec(bprm);
	err = map_module(bprm, size, data_size) ?: map_stack(bprm, &sp);
	if (err)
		return err;
	set_binfmt(&wasm_format);
	finalize_exec(bprm);
	mm = current->mm;
	wasm_load_executable(mm->start_code, mm->end_code, mm->start_data, 0);
	start_thread(current_pt_regs(), 0, sp);
	return 0;
}

static int __init init_wasm_format(void)
{
	register_binfmt(&wasm_format);
	return 0;
}
core_initcall(init_wasm_format);
