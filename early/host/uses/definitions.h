/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DEFINITIONS_H
#define VFIO_EARLY_DEFINITIONS_H

#include "../machine/machine.h"
#include "../../core/memory.h"

/* A disk that some other program means to use, whether or not it does so now. */
struct definition {
	const char *path;		/* "/dev/disk/by-id/..." */
	const char *owner;		/* "guest win11" */
};

struct definitions {
	struct definition *items;
	size_t count;
};

/* What guests' definitions, ZFS, targets of iSCSI, DRBD and Ceph name below /dev. */
struct definitions definitions_read(const struct machine *machine);

#endif
