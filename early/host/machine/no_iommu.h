/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NO_IOMMU_H
#define VFIO_EARLY_NO_IOMMU_H

#include "machine.h"

#include "../../core/model.h"

/* Why a machine cannot protect devices, and what its owner can do about it. */
struct no_iommu {
	const char *cause, *remedy;	/* remedy NULL: nothing helps */
};

/*
 * The boot's verdict in words for this machine: what the boot has no room or
 * no file system to look at is looked at here. Both NULL with IOMMU_ON.
 */
struct no_iommu no_iommu_explained(const struct machine *machine, const struct iommu *iommu);

/* The nodes of the device tree that give PCI an IOMMU: paths of their iommu-map, below the root. */
struct strings device_tree_iommu_maps(const struct machine *machine);

#endif
