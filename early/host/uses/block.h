/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_BLOCK_H
#define VFIO_EARLY_BLOCK_H

#include "../machine/machine.h"
#include "../../core/model.h"

/* What carries a block device or a file system. The functions below add to it; start with { 0 }. */
struct carriers {
	struct strings functions;	/* PCI functions */
	struct strings servers;		/* IP addresses that it comes from over the network; "": not told */
	struct strings files;		/* of loop devices: they lie in other file systems */
	struct strings encrypted;	/* dm-crypt mappings on the way, by name */
	struct strings followed;	/* block devices and files: each is followed once, also where they go in a circle */
	bool volume;			/* a volume of ZFS is on the way: no link leads to its pool */
	bool any;			/* something was followed to hardware, a server or memory */
	bool lost;			/* something was followed to where sysfs has nothing: what carries it is unknown */
};

/*
 * Adds what carries a block device, by its name in sys/class/block: through
 * partitions, MD, device mapper (LVM, LUKS, multipath), bcache and NVMe
 * multipath.
 */
void block_carriers(const struct machine *machine, const char *name, struct carriers *carriers);

/* Notes that something is being followed; false: it was before. */
bool carriers_note(struct carriers *carriers, const char *what);

/* The name of the block device that fstab or crypttab call "UUID=...", "/dev/mapper/x"; NULL: it is not there. */
const char *block_named(const struct machine *machine, const char *specification);

/*
 * Whether block_named() can find it at all: a tree without /dev/disk does not say
 * which device "UUID=..." is.
 */
bool block_names_are_there(const struct machine *machine, const char *specification);

/* The name of the block device with a number, or NULL. */
const char *block_numbered(const struct machine *machine, unsigned long long number);

#endif
