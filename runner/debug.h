/* SPDX-License-Identifier: Apache-2.0 */
/*
 * debug.h: what debuggers may rely on: a list of the guest's loaded images.
 *
 * Scripts (tools/debug/wl) read it from a live process or a core dump with
 * nothing but reads of memory, so the layout is a contract: DEBUG_VERSION is
 * raised with every change of it. At whatever instruction a debugger stops the
 * process, the list is whole: an image is complete before it is in it, and is
 * out of it before it goes.
 */
#ifndef RUNNER_DEBUG_H
#define RUNNER_DEBUG_H

#include "module.h"

#define DEBUG_VERSION 3

struct debug_image {
	struct debug_image *next; /* older */
	/* NUL-terminated: the translated module, and its companion (types and
	 * global variables, see tools/translate/companion.h) or "". */
	const char *so_path, *types_path;
	u64 serial; /* no two images of a run have the same */
	/* Of so_path, GUEST_DATA_BASE_SYMBOL: this image's memory_base, if it is the
	 * only one of that file. A debugger may write there which one it shows, and that
	 * stays until this one ends or the debugger has gone and another one comes. */
	u64 *data_base;
	/* Its data is in [memory_base, memory_base + memory_size), its
	 * functions are numbered from table_base; 0 for the kernel. */
	u32 memory_base, memory_size, table_base;
	u32 is_kernel;
	char name[16]; /* of the task that executed it */
};

struct debug_images {
	char magic[8]; /* "WLimages" */
	u32 version;
	u32 changes; /* how often the list was changed */
	struct debug_image *first;
	/* From a thread's fs_base to its pointer task_self (task.h). */
	int64_t self_offset;
};

extern struct debug_images runner_images;

/* Any thread. The caller owns the image, and removes it before it frees it. */
void debug_add_image(struct debug_image *image, const struct module *module,
		     const char *name);
void debug_name_image(struct debug_image *image, const char *name);
void debug_remove_image(struct debug_image *image);

/* The program whose data an address is in, as "data of sh+0x12"; false: none.
 * The kernel's is not told from its other memory. */
bool debug_print_data(char *buf, size_t n, gaddr_t gaddr);

/* These do nothing: called for breakpoints, after each change of the list, and after one by
 * which a program's file has an image that had none. */
void runner_images_changed(void);
void runner_program_loaded(void);

#endif
