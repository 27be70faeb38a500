/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DEVICE_H
#define VFIO_EARLY_DEVICE_H

#include "model.h"

/*
 * The function at an address, kept, or NULL: from its uevent file, in one read.
 * With its place (path, real path) attributes that are read later cost the
 * kernel less.
 */
struct device *device_read(int root, const struct pci_address *address, bool with_place);

/* Reads what is marked so in struct device: real path, header type, group, override. */
void device_detail(int root, struct device *device);

/* The IOMMU group that the device has at this moment, or NULL. */
const char *device_group_now(int root, const struct device *device);

/* The driver that the device has at this moment, or NULL; reads only its link, which never waits. */
const char *device_driver_now(int root, const struct device *device);

/* The name of its bus in /sys/bus. */
const char *device_bus(const struct device *device);

/*
 * Bridges are never taken: header types 1 and 2 (vfio-pci refuses them with
 * EINVAL), host and ISA bridges (class 0600, 0601). Detailed.
 */
bool device_is_bridge(const struct device *device);

/* VGA, XGA or another display: what a screen can hang on (a 3D controller, 0302, has no outputs). */
bool device_is_display(const struct device *device);

#endif
