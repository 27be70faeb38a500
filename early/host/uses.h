/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_USES_H
#define VFIO_EARLY_USES_H

#include "machine.h"

#include "../core/memory.h"

/* What the host has of its PCI functions. */

enum use_kind {
	USE_CONSOLE,			/* the display that the firmware chose */
	USE_OUTPUT,			/* a connected screen */
	USE_STORAGE,			/* a mount point, or swap */
	USE_NETWORK,			/* an interface with an address */
	USE_ROUTE,			/* the default route */
	USE_KEYBOARD,
};

struct use {
	const char *device;		/* name of the PCI function that carries it */
	enum use_kind kind;
	const char *detail;		/* "DP-1", "/home", "eth0 192.0.2.7": for a person */
};

struct uses {
	struct use *items;
	size_t count;
};

/* Of the machine as it is now; what cannot be read is not there. By kind. */
void uses_collect(const struct machine *machine, struct uses *uses);

/* All that a function is used for, "boot console, DP-1", kept; NULL: nothing. */
const char *uses_of(const struct uses *uses, const char *device);

/* The first use of that kind, or NULL. */
const struct use *uses_find(const struct uses *uses, const char *device, enum use_kind kind);

#endif
