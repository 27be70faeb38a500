/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DEVICE_STATE_H
#define VFIO_EARLY_DEVICE_STATE_H

#include "../../core/model.h"

/* What sysfs says of a device now, and no boot asks for. */

/* Whether it is in D3cold: its configuration space reads as ones. */
bool device_is_off(int root, const struct device *device);

/* Whether a driver other than VFIO's own hands it to VMs: NVIDIA's does so with virtual functions. */
bool device_serves_vfio(int root, const struct device *device);

#endif
