/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DISKS_H
#define VFIO_EARLY_DISKS_H

#include "block.h"

/* A disk or partition of hardware. */
struct disk {
	const char *name;		/* in sys/class/block */
	const char *whole;		/* of a partition: its disk, else NULL */
	struct strings functions;	/* PCI functions that it hangs on */
};

struct disks {
	struct disk *items;
	size_t count;
};

/* All that hang on PCI functions, a disk before its partitions. */
struct disks disks_of(const struct machine *machine);

#endif
