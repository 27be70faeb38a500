/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CLAIMS_H
#define VFIO_EARLY_CLAIMS_H

#include "../machine/machine.h"
#include "../../core/model.h"

/*
 * The modules of the running kernel that would claim a device, by its
 * modalias, blacklisted ones left out: comma-separated and kept, NULL for
 * none. vfio-pci claims nothing by itself. Built-in drivers are not among them.
 */
const char *claims_on(const struct machine *machine, const struct device *device);

/* The modules that would claim one of these if modprobe.d said nothing. */
struct strings claims_without_blacklists(const struct machine *machine, const struct devices *devices);

#endif
