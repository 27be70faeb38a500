/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MODULE_INDEX_H
#define VFIO_EARLY_MODULE_INDEX_H

#include "machine.h"

struct kmod_ctx;

/* libkmod's index of the modules of one kernel, to be let go with kmod_unref(). */
struct module_index {
	struct kmod_ctx *kmod;
	const char *directory;		/* what the paths of its modules begin with */
};

/*
 * Opens it: 0, or -errno where the kernel has none. configured: with modprobe.d
 * (blacklists, options, soft dependencies). libkmod opens files by itself:
 * of a tree it gets only regular files that no link leads to.
 */
int module_index_open(const struct machine *machine, const char *kernel, bool configured, struct module_index *index);

#endif
