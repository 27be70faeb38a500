/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RUNNING_H
#define VFIO_EARLY_RUNNING_H

#include "machine.h"

#include <stddef.h>

/* What only a system that runs can tell. */

/*
 * Whether the mounts that we see are this machine's: not in a chroot (of an
 * installer, of a build, with or without a /proc of its own: no system runs without
 * /sys), nor where /proc below --root is of the kernel that runs here.
 */
bool machine_runs(const struct machine *machine);

/* An address of a network interface. */
struct interface_address {
	const char *interface, *address;	/* "eth0", "192.0.2.7" */
};

struct interface_addresses {
	struct interface_address *items;
	size_t count;
};

/* Those of the system that this program runs in, without the link-local ones of IPv6. */
struct interface_addresses interface_addresses(void);

/* vfio-early-boot: installed beside this program, in ../lib/vfio-early, or, before that, in its directory. Or NULL. */
const char *boot_program(void);

#endif
