/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of uses_collect(). */
#ifndef VFIO_EARLY_USES_PARTS_H
#define VFIO_EARLY_USES_PARTS_H

#include "uses.h"

/* Adds a use, once. */
void uses_add(struct uses *uses, const char *device, enum use_kind kind, const char *detail);

/* The worse of the two. */
void passphrase_add(enum passphrase *passphrase, enum passphrase other);

/* What the root file system needs from the network. */
struct root_network {
	struct strings servers;		/* IP addresses that it comes from; "": not told */
	bool unlocked;			/* the key to it comes over any interface */
};

void uses_add_displays(const struct machine *machine, struct uses *uses);
void uses_add_input(const struct machine *machine, struct uses *uses);
void uses_add_storage(const struct machine *machine, struct uses *uses, struct root_network *needs);
void uses_add_network(const struct machine *machine, struct uses *uses, const struct root_network *needs);

#endif
