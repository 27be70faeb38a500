/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MODULES_H
#define VFIO_EARLY_MODULES_H

/*
 * Loads a module: one of the image's list by its path below
 * lib/modules/KERNEL without suffix, or any by its bare name (kernel may be
 * NULL then). modprobe does it where there is no such file or the kernel
 * cannot decompress it. 0, also if it is loaded already; -errno otherwise.
 * May block as long as the module's init does: runs in the child.
 */
int module_load(int root, const char *kernel, const char *module, const char *options);

#endif
