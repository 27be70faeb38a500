/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decision, in four stages that share no state but their arguments:
 * select -> groups -> guard -> plan. The dry run and the boot both come
 * through here.
 */
#ifndef VFIO_EARLY_STAGES_H
#define VFIO_EARLY_STAGES_H

#include "model.h"

/* Which devices the requests name, with what they ask for; and which requests name none. */
void select_devices(const struct config *config, struct inventory *inventory, struct selection *selection);

/* The devices that a selector names now. */
struct devices select_now(const struct selector *selector, struct inventory *inventory);

/* The IOMMU groups of the selected devices, and the role of each member. */
void group_devices(struct decision *decision, struct inventory *inventory);

/*
 * On arm64 up to kernel 6.12 a device joins its group only when a driver
 * probes it (drivers/iommu/of_iommu.c, drivers/acpi/arm64/iort.c). There the
 * group of a named device is late: the first pass takes it together with what
 * may be its siblings. After the pass this sorts them into the groups that
 * they turned out to be in, adds who else is in there, and guards those
 * groups; what is in another group is to be returned. Whether there was
 * anything late: then plan and apply once more.
 */
bool regroup_devices(struct decision *decision, struct inventory *inventory, const struct manifest *manifest);

/* The refusals of each group, with their remedies; and what is worth a warning. */
void guard_groups(struct decision *decision, struct inventory *inventory, const struct manifest *manifest);

/*
 * The steps that bring the machine there, in the order in which they are
 * safe; none if all is as it should be. Members that are to be bound become
 * "planned", those that are bound already "already".
 */
struct plan plan_forward(struct decision *decision, const struct inventory *inventory,
			 const struct manifest *manifest, const struct cmdline *cmdline);

/* In a recovery boot: only what is to be kept from the host in any case (else=none). */
struct plan plan_recovery(struct decision *decision);

/*
 * The steps that put the failed groups back as they were found, from where
 * member.after says that they are now; hung members are left alone.
 */
struct plan plan_return(struct decision *decision);

/* Whether that plan is about this member. */
bool plan_returns(const struct group *group, const struct member *member);

/*
 * Whether a member that is not taken may have this driver (NULL: none) in a
 * group that VFIO uses. Since 5.19 only drivers that leave DMA alone may
 * (driver_managed_dma in the kernel source: vfio, pci-stub, pcieport); before,
 * any driver of a bridge (drivers/vfio/vfio.c:vfio_dev_viable). kernel as in
 * struct inventory; an unknown one is a new one.
 */
bool driver_keeps_viable(const struct device *device, const char *driver, unsigned kernel);

#endif
