/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_OPENERS_H
#define VFIO_EARLY_OPENERS_H

#include "machine.h"

#include <stddef.h>

/* A file below /dev that a process has open. */
struct open_node {
	const char *path;		/* "/dev/nvme1n1", as that process sees it */
	unsigned long long disk;	/* number of the block device, on the live system; 0: it is none */
	const char *program, *pid;	/* "qemu-system-x86", "1234" */
};

struct open_nodes {
	struct open_node *items;
	size_t count;
	bool hidden;			/* there are processes that this user may not look at: there may be more */
};

/* Of all processes but this one and udev's, which looks at each disk for a moment. QEMU opens disks without O_EXCL. */
struct open_nodes open_nodes(const struct machine *machine);

#endif
