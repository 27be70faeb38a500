/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_BLOCK_NODE_H
#define VFIO_EARLY_BLOCK_NODE_H

#include "machine.h"

#include <stddef.h>

/* Device nodes of disks. */

/* The number of the block device that a path names, of the live system; false if it is none. */
bool block_number(const struct machine *machine, const char *path, unsigned long long *number);

/* The first length bytes of a block device, by its name in sysfs; below --root a file in its place. */
bool block_bytes(const struct machine *machine, const char *name, void *bytes, size_t length);

/* A descriptor to read it by, or below --root the file in its place; -1: it cannot be read. */
int block_open(const struct machine *machine, const char *name);

enum hold {
	HOLD_NONE,
	HOLD_CLAIMED,			/* somebody has it alone: a file system, LVM, MD, ZFS */
	HOLD_UNKNOWN,			/* it cannot be opened, or the machine is a tree */
};

/*
 * Whether the kernel gives a disk or a partition to us alone: an open with
 * O_EXCL, which reads nothing (open(2)). The disk of a claimed partition counts
 * as claimed.
 */
enum hold block_hold(const struct machine *machine, const char *name);

#endif
