/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_TOPOLOGY_H
#define VFIO_EARLY_TOPOLOGY_H

#include "model.h"

/*
 * Where a function hangs: its controller, the bridges above it, the functions
 * beside and below it. Devices that are handed in must be detailed; those that
 * come out are.
 */

/* Whether device hangs somewhere below ancestor. */
bool device_is_below(const struct device *device, const struct device *ancestor);

/* The controller that makes the host bridge which the device is behind (VMD), or NULL. */
struct device *controller_of(struct inventory *inventory, const struct device *device);

/* Whether it says that it is a root, upstream or downstream port: what pcieport takes (drivers/pci/pcie/portdrv.c). */
bool is_pcie_port(const struct inventory *inventory, const struct device *device);

/*
 * The bridge behind which the device is on a conventional bus: of several the
 * one nearest to the root. NULL if there are only PCI Express links above it.
 * All that is behind such a bridge has its requester ID towards the IOMMU.
 */
struct device *conventional_bridge_of(struct inventory *inventory, const struct device *device);

/* The functions of header type 0 behind a bridge. Walks the bus. */
struct devices functions_behind(struct inventory *inventory, const struct device *bridge);

/*
 * The functions without a group that may belong to the group of the device: on
 * a root bus those of its slot, behind a bridge all on its bus, which is one
 * card, or a conventional bus. None of a device that has no place on a bus.
 */
struct devices groupless_neighbours(struct inventory *inventory, const struct device *device);

#endif
