/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REBUILD_H
#define VFIO_EARLY_REBUILD_H

#include "../machine/machine.h"

struct rebuilding {
	bool left;			/* to a person: what there is to do is said */
	bool dry_run;			/* what would be done is said */
	bool written;			/* the configuration was changed, or would be in a dry run */
};

/*
 * Rebuilds the images that lack the configuration, and says which.
 * EXIT_FINE also where none is to be rebuilt; EXIT_PROBLEM, after a complaint,
 * where one still is, or would be.
 */
enum exit_code rebuild_images(const struct machine *machine, struct rebuilding how);

/* Says, once, that a key may open the disk only after exactly this boot (systemd-cryptenroll(1), clevis). */
void warn_of_sealed_keys(const struct machine *machine);

#endif
