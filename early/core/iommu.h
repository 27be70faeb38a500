/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_IOMMU_H
#define VFIO_EARLY_IOMMU_H

#include "model.h"

/*
 * Whether the IOMMU protects this machine's devices and, if not, why and what
 * to do. Evidence is what the kernel made of it: /sys/class/iommu is filled
 * only where translation is really enabled (Documentation/ABI/testing/
 * sysfs-class-iommu); tables and parameters serve only to explain. Once
 * the groups are discovered, one that is missing does not come any more.
 */
void iommu_judge(int root, const struct cmdline *cmdline, const struct manifest *manifest, bool discovered,
		 struct iommu *iommu);

/* Whether this name in /sys/class/iommu is that of a virtio-iommu. */
bool iommu_unit_is_virtual(const char *unit);

/* The word of the log for a state. */
const char *iommu_state_name(enum iommu_state state);

#endif
