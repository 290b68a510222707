// SPDX-License-Identifier: Apache-2.0
/* debug.c: what debuggers may rely on, see debug.h. */
#include <pthread.h>
#include <stdio.h>

#include "debug.h"
#include "debugger.h"

struct debug_images runner_images = {
	.magic = { 'W', 'L', 'i', 'm', 'a', 'g', 'e', 's' },
	.version = DEBUG_VERSION,
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((noinline)) void runner_images_changed(void)
{
	__asm__ volatile("" ::: "memory");
}

__attribute__((noinline)) void runner_program_loaded(void)
{
	__asm__ volatile("" ::: "memory");
}

/* Where debuggers find the variables of a file: of the image that one has chosen, else of
 * the only one. How many there are. */
static u32 place_variables(u64 *data_base)
{
	u64 chosen = *data_base, base = GUEST_DATA_NOWHERE;
	const struct debug_image *i;
	bool is_listed = false;
	u32 n = 0;

	for (i = runner_images.first; i; i = i->next) {
		if (i->data_base != data_base)
			continue;
		n++;
		base = i->memory_base;
		is_listed |= base == chosen;
	}
	if (chosen != GUEST_DATA_NOWHERE && debugger_is_there())
		base = is_listed ? chosen : GUEST_DATA_NOWHERE;
	else if (n != 1)
		base = GUEST_DATA_NOWHERE;
	__atomic_store_n(data_base, base, __ATOMIC_RELAXED);
	return n;
}

void debug_name_image(struct debug_image *image, const char *name)
{
	snprintf(image->name, sizeof(image->name), "%s", name);
}

void debug_add_image(struct debug_image *image, const struct module *module,
		     const char *name)
{
	static u64 serial;
	bool is_first;

	image->so_path = module->path;
	image->types_path = module->types_path;
	image->data_base = module->data_base;
	debug_name_image(image, name);
	pthread_mutex_lock(&lock);
	image->serial = ++serial;
	image->next = runner_images.first;
	__atomic_store_n(&runner_images.first, image, __ATOMIC_RELEASE);
	is_first = place_variables(image->data_base) == 1;
	runner_images.changes++;
	pthread_mutex_unlock(&lock);
	runner_images_changed();
	if (is_first && !image->is_kernel)
		runner_program_loaded();
}

void debug_remove_image(struct debug_image *image)
{
	struct debug_image **p;

	pthread_mutex_lock(&lock);
	for (p = &runner_images.first; *p != image; p = &(*p)->next)
		;
	__atomic_store_n(p, image->next, __ATOMIC_RELEASE);
	place_variables(image->data_base);
	runner_images.changes++;
	pthread_mutex_unlock(&lock);
	runner_images_changed();
}

bool debug_print_data(char *buf, size_t n, gaddr_t gaddr)
{
	const struct debug_image *i;

	pthread_mutex_lock(&lock);
	for (i = runner_images.first; i; i = i->next)
		if (!i->is_kernel && gaddr - i->memory_base < i->memory_size)
			break;
	if (i)
		snprintf(buf, n, "data of %s+0x%x", i->name,
			 gaddr - i->memory_base);
	pthread_mutex_unlock(&lock);
	return i;
}
