/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SYSFS_PATH_H
#define VFIO_EARLY_SYSFS_PATH_H

#include "machine.h"

#include "../../core/model.h"

/* The PCI function nearest to the end of a path in sysfs, kept; NULL: the path has none. */
const char *function_in(const char *path);

/* That one and every controller above it that is no bridge (VMD), outermost first. */
void functions_in(const struct machine *machine, const char *path, struct strings *functions);

#endif
