/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REBUILD_H
#define VFIO_EARLY_REBUILD_H

#include "../machine/machine.h"

enum rebuilding {
	REBUILD_NOW,
	REBUILD_LEFT,			/* to a person: says what there is to do */
	REBUILD_DRY_RUN,		/* says what REBUILD_NOW would do */
};

/*
 * Rebuilds the images that lack the configuration, and says which. written: the
 * configuration was changed, or would be in a dry run.
 * EXIT_FINE also where none is to be rebuilt; EXIT_PROBLEM, after a complaint,
 * where one still is, or would be.
 */
enum exit_code rebuild_images(const struct machine *machine, enum rebuilding how, bool written);

/* Says, once, that a key may open the disk only after exactly this boot (systemd-cryptenroll(1), clevis). */
void warn_of_sealed_keys(const struct machine *machine);

#endif
