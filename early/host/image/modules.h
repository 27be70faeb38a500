/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOST_MODULES_H
#define VFIO_EARLY_HOST_MODULES_H

#include "../machine/machine.h"
#include "../../core/model.h"

/* A kernel module as an image needs it; paths are below the root, with a slash in front. */
struct module_file {
	const char *file;		/* "/lib/modules/VERSION/kernel/drivers/vfio/vfio.ko.xz" */
	struct module module;		/* path and options, without ids= */
};

struct module_list {
	LIST(struct module_file) files;	/* in load order */
	LIST(struct id_list) ids;	/* that modprobe.d gives to vfio-pci */
	struct strings missing;		/* names that the kernel has neither as module nor built in */
};

/*
 * The modules that an IOMMU and drivers need in a kernel, those of the IOMMU
 * first, with hard and soft dependencies
 * and the options of modprobe.d (but not those of the running kernel's command
 * line: the next boot has its own). 0, or -errno where libkmod finds no index
 * of the kernel's modules.
 */
int modules_resolve(const struct machine *machine, const char *kernel, const struct strings *iommu,
		    const struct strings *drivers, struct module_list *list);

#endif
