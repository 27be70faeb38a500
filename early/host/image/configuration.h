/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CONFIGURATION_H
#define VFIO_EARLY_CONFIGURATION_H

#include "../machine/machine.h"
#include "../../core/model.h"

/*
 * Reads the configuration files as the boot will, and returns those that may go
 * into an image: one that others than root can change, or whose directory they
 * can, is an error and left out.
 */
struct strings configuration_read(const struct machine *machine, struct config *config);

#endif
