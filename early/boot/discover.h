/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DISCOVER_H
#define VFIO_EARLY_DISCOVER_H

#include "../core/model.h"

/*
 * Before the decision of a real run: where the kernel makes groups only when a
 * driver probes (arm64 with an SMMU and virtio-iommu, up to about 6.14:
 * drivers/iommu/of_iommu.c, drivers/acpi/arm64/iort.c, drivers/acpi/viot.c),
 * has every function without a driver and a group probed by a driver that
 * refuses it, so that the decision is made on real groups. Needs the answer of
 * read_boot(); sets boot->discovered and, in the inventory, what came of it.
 * Nothing is probed where all functions have their groups, nothing is asked
 * for, or nothing will be bound. Takes as long as apply() at most, and half a
 * way back more.
 */
void discover_groups(struct boot *boot);

#endif
