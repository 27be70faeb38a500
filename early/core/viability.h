/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_VIABILITY_H
#define VFIO_EARLY_VIABILITY_H

#include "model.h"

/* vfio-pci, its variants and pci-stub: what they have is no longer the host's. */
bool driver_is_for_guests(const char *driver);

/*
 * Whether a member that is not taken may have this driver (NULL: none) in a
 * group that VFIO uses. Since 5.19 only drivers that leave DMA alone may
 * (driver_managed_dma in the kernel source: vfio, pci-stub, pcieport); before,
 * any driver of a bridge (drivers/vfio/vfio.c:vfio_dev_viable). kernel as in
 * struct inventory; an unknown one is a new one.
 */
bool driver_keeps_viable(const struct device *device, const char *driver, unsigned kernel);

#endif
