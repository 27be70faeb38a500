/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MODULES_H
#define VFIO_EARLY_MODULES_H

/*
 * Loads a module of the image's list, named by its path below
 * lib/modules/KERNEL without suffix, or any module by its bare name. What the
 * kernel cannot load itself is left to modprobe. 0 or -errno of the kernel.
 */
int module_load(int root, const char *kernel, const char *module, const char *options);

#endif
