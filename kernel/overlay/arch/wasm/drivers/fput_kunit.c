// SPDX-License-Identifier: GPL-2.0-only
/* fput_kunit.c: a test of what init relies on when the initramfs was unpacked. */
#include <kunit/test.h>
#include <linux/anon_inodes.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/fs.h>

#define CLOSING_MS 100

struct slow_file {
	struct completion closing, closed;
};

static int slow_release(struct inode *inode, struct file *file)
{
	struct slow_file *slow = file->private_data;

	complete(&slow->closing);
	msleep(CLOSING_MS);
	complete(&slow->closed);
	return 0;
}

static const struct file_operations slow_operations = {
	.release = slow_release,
};

/* A kernel thread's fput() leaves the file to a work item, which has taken it off the
 * list when somebody flushes that. */
static void flush_waits_for_the_work_item(struct kunit *test)
{
	struct slow_file slow;
	struct file *file;

	init_completion(&slow.closing);
	init_completion(&slow.closed);
	file = anon_inode_getfile("slow", &slow_operations, &slow, O_RDWR);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	fput(file);
	wait_for_completion(&slow.closing);
	flush_delayed_fput();
	KUNIT_EXPECT_TRUE(test, completion_done(&slow.closed));
	wait_for_completion(&slow.closed);
}

static struct kunit_case fput_cases[] = {
	KUNIT_CASE(flush_waits_for_the_work_item),
	{}
};

static struct kunit_suite fput_suite = {
	.name = "fput",
	.test_cases = fput_cases,
};
kunit_test_suite(fput_suite);
