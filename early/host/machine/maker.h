/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MAKER_H
#define VFIO_EARLY_MAKER_H

#include "../../core/model.h"

/* Whether a function is a virtual one of SR-IOV. */
bool is_virtual(const struct inventory *inventory, const struct device *device);

/*
 * The function whose driver makes this one: the physical one of a virtual one,
 * the controller (VMD) of what is behind it. NULL: the firmware or the bus shows
 * it. The device has its details.
 */
struct device *maker_of(struct inventory *inventory, const struct device *device);

#endif
