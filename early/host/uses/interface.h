/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_INTERFACE_H
#define VFIO_EARLY_INTERFACE_H

#include "../machine/machine.h"
#include "../../core/model.h"

/* What a network interface stands on. */
struct footing {
	struct strings functions;	/* the PCI functions */
	bool hardware;			/* it ends at some, of PCI or not (a platform's own NIC) */
	struct strings followed;	/* interfaces on the way */
};

/* Adds that of one interface; nothing where it ends in software: a tunnel, a bridge without ports. */
void interface_follow(const struct machine *machine, const char *name, struct footing *footing);

/* The interfaces of the machine. */
struct strings interfaces_of(const struct machine *machine);

/* An interface that has this one as a port or below it, or NULL. */
const char *interface_upon(const struct machine *machine, const char *name);

#endif
