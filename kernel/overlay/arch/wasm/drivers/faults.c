// SPDX-License-Identifier: GPL-2.0-only
/*
 * faults.c: faults on purpose, to be found with a debugger. Only for kernels of
 * tests: who may write to /proc/wasm_faults can do anything here.
 *
 *	echo NAME [NUMBER] >/proc/wasm_faults
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/fdtable.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/proc_fs.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include <asm/faults.h>

#define DELAY_S 2	/* until what is done later is done */

/* ---- at once, in the task that asks for it ------------------------------ */

static noinline int read_null(u32 number)
{
	return *(volatile int *)number;
}

static noinline int call_wrong_type(u32 number)
{
	int (*wrong)(int, int, int) = (void *)read_null;

	OPTIMIZER_HIDE_VAR(wrong);
	return wrong(number, 2, 3);
}

static noinline int use_stack(u32 depth)
{
	volatile char room[400];

	room[depth % sizeof(room)] = depth;
	if (!(depth + 1))
		return 0;
	return use_stack(depth + 1) + room[depth % sizeof(room)];
}

static noinline int add_unaligned(u32 number)
{
	int pair[2] = { };

	return __atomic_add_fetch((int *)((u32)pair | 1), number,
				  __ATOMIC_SEQ_CST);
}

static noinline int out_of_ideas(u32 number)
{
	panic("out of ideas, number %u", number);
}

/* ---- later, in a worker ------------------------------------------------- */

/* One wrong word in the table of open files of the task with that number. */
static u32 victim_pid;

static void spoil_files(struct work_struct *work)
{
	struct task_struct *victim;

	rcu_read_lock();
	victim = find_task_by_vpid(victim_pid);
	if (victim && victim->files)
		files_fdtable(victim->files)->fd[1] = (void *)0x5eadf11e;
	rcu_read_unlock();
}
static DECLARE_DELAYED_WORK(files_work, spoil_files);

static int spoil_files_later(u32 pid)
{
	victim_pid = pid;
	schedule_delayed_work(&files_work, DELAY_S * HZ);
	return 0;
}

/* A record is freed, but not forgotten; its memory may have an heir by now. */
struct fault_record {
	u32 count, limit;
	char name[24];
};

static struct fault_record *forgotten, *heir;

static void count_up(struct work_struct *work)
{
	forgotten->count++;
}
static DECLARE_DELAYED_WORK(count_work, count_up);

static int use_after_free(u32 number)
{
	flush_delayed_work(&count_work);
	kfree(heir);
	heir = NULL;
	forgotten = kmalloc(sizeof(*forgotten), GFP_KERNEL);
	if (!forgotten)
		return -ENOMEM;
	kfree(forgotten);
	schedule_delayed_work(&count_work, DELAY_S * HZ);
	if (!number)
		return 0;
	heir = kmalloc(sizeof(*heir), GFP_KERNEL);
	if (!heir)
		return -ENOMEM;
	*heir = (struct fault_record){ .count = number, .name = "heir" };
	return 0;
}

/* ---- two CPUs ------------------------------------------------------------ */

static unsigned int racy_counter;
static atomic_t racers;

static int count_without_lock(void *number)
{
	u32 n = (u32)number;

	while (n--) {
		racy_counter++;
		barrier(); /* else it is one addition */
	}
	atomic_dec(&racers);
	return 0;
}

static int race(u32 number)
{
	struct task_struct *task;
	int cpu, n = 0;

	racy_counter = 0;
	for_each_online_cpu(cpu) {
		if (n++ == 2)
			break;
		task = kthread_create(count_without_lock, (void *)number,
				      "racer/%d", cpu);
		if (IS_ERR(task))
			return PTR_ERR(task);
		kthread_bind(task, cpu);
		atomic_inc(&racers);
		wake_up_process(task);
	}
	while (atomic_read(&racers))
		msleep(10);
	return 0;
}

/* ---- a wrong initial stack pointer --------------------------------------- */

/* Which numbers are taken: the table of a small allocator. */
#define SLOTS 4096
static u32 slot_owner[SLOTS];

#define MISPLACED "misplaced"

u32 wasm_fault_sp(const struct task_struct *new)
{
	return strcmp(new->comm, MISPLACED) ? 0 : (u32)&slot_owner[SLOTS];
}

static int idle_thread(void *arg)
{
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return 0;
}

/* A task whose stack is none. */
static int wrong_stack_pointer(u32 number)
{
	return PTR_ERR_OR_ZERO(kthread_run(idle_thread, NULL, MISPLACED));
}

static u32 taken_slots(void)
{
	u32 i, n = 0;

	for (i = 0; i < SLOTS; i++)
		n += slot_owner[i] != 0;
	return n;
}

/* ---- a stack that nobody writes to ---------------------------------------- */

static noinline int use_stack_quietly(u32 depth)
{
	volatile char room[400] __uninitialized;
	int n;

	if (!(depth + 1))
		return room[0] = 1;
	n = use_stack_quietly(depth + 1);
	return n + room[depth % sizeof(room)];
}

/* ---- /proc/wasm_faults ---------------------------------------------------- */

static const struct {
	const char *name;
	int (*make)(u32 number);
	const char *what;
} faults[] = {
	{ "null", read_null, "reads at that address" },
	{ "jump", call_wrong_type, "calls a function as one of another type" },
	{ "stack", use_stack, "uses up the kernel stack" },
	{ "unaligned", add_unaligned, "adds to a word between two of its stack" },
	{ "panic", out_of_ideas, "panics" },
	{ "files", spoil_files_later,
	  "writes a wrong word into the file table of that process" },
	{ "free", use_after_free, "writes to memory that was freed" },
	{ "race", race, "two CPUs count to that number with one counter" },
	{ "misplaced", wrong_stack_pointer,
	  "starts a thread on a stack that is a table" },
	{ "quiet", use_stack_quietly,
	  "uses up the kernel stack without a write to it" },
};

static ssize_t faults_write(struct file *file, const char __user *buf,
			    size_t n, loff_t *pos)
{
	char text[32], *word, *number = text;
	u32 value = 0;
	int i, err;

	if (n >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, n))
		return -EFAULT;
	text[n] = 0;
	number = strim(text);
	word = strsep(&number, " ");
	if (number && kstrtou32(number, 0, &value))
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (strcmp(word, faults[i].name))
			continue;
		err = faults[i].make(value);
		return err < 0 ? err : n;
	}
	return -EINVAL;
}

static int faults_show(struct seq_file *m, void *v)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++)
		seq_printf(m, "%-10s %s\n", faults[i].name, faults[i].what);
	seq_printf(m, "racy_counter %u\n", racy_counter);
	seq_printf(m, "heir %u\n", heir ? heir->count : 0);
	seq_printf(m, "taken slots %u\n", taken_slots());
	return 0;
}

static int faults_open(struct inode *inode, struct file *file)
{
	return single_open(file, faults_show, NULL);
}

static const struct proc_ops faults_ops = {
	.proc_open = faults_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = faults_write,
};

static int __init faults_init(void)
{
	proc_create("wasm_faults", 0600, NULL, &faults_ops);
	return 0;
}
device_initcall(faults_init);
