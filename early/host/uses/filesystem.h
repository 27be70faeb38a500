/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_FILESYSTEM_H
#define VFIO_EARLY_FILESYSTEM_H

#include "block.h"

#include <libmount/libmount.h>

/* What carries a mounted file system; mounts: all that are, for files and directories that lie in others. */
void filesystem_carriers(const struct machine *machine, struct libmnt_table *mounts, struct libmnt_fs *filesystem,
			 struct carriers *carriers);

/* The same for a block device, and the files in which it lies. */
void device_carriers(const struct machine *machine, struct libmnt_table *mounts, const char *name,
		     struct carriers *carriers);

/* The same for an imported pool of ZFS. */
void pool_carriers(const struct machine *machine, struct libmnt_table *mounts, const char *pool,
		   struct carriers *carriers);

#endif
