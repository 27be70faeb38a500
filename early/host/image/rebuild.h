/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REBUILD_H
#define VFIO_EARLY_REBUILD_H

#include "../machine/machine.h"

/*
 * Rebuilds the images that lack the configuration, and says which; only_say:
 * says what there is to do. written: the configuration was, for the complaint.
 * EXIT_FINE also where none is to be rebuilt; EXIT_PROBLEM, after a complaint,
 * where one still is.
 */
enum exit_code rebuild_images(const struct machine *machine, bool only_say, bool written);

/* Says, once, that a key may open the disk only after exactly this boot (systemd-cryptenroll(1), clevis). */
void warn_of_sealed_keys(const struct machine *machine);

#endif
