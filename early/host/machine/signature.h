/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SIGNATURE_H
#define VFIO_EARLY_SIGNATURE_H

#include "machine.h"

/* What libblkid finds on a disk or partition. */
struct signature {
	bool unread;			/* it could not be read */
	const char *table;		/* of partitions: "gpt"; NULL: none */
	const char *type;		/* "ext4", "LVM2_member", "zfs_member"; NULL: none */
	const char *label;		/* NULL: none */
};

/* By its name in sysfs; below --root of a file in its place. */
struct signature signature_of(const struct machine *machine, const char *name);

#endif
