/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 3: what must not be taken, why, and what to do about it. */
#include "stages.h"

#include "cmdline.h"
#include "guard.h"
#include "refusal.h"
#include "root.h"
#include "text.h"
#include "topology.h"
#include "viability.h"

#include <string.h>

#define CLASS_DISPLAY 0x03

/* What to do about a function that an IOMMU that is on does not cover. */
static const char *remedy_for_uncovered(const struct device *device, const struct cmdline *cmdline)
{
	if (device->unprobed)
		return text_of("look for %s in the kernel log", device->name);
	/* drivers/iommu/intel/iommu.c:init_no_remapping_devices(): the unit of Intel's graphics is left out */
	for_each(word, cmdline)
		if (device->class >> 16 == CLASS_DISPLAY && !word->for_init && !strcmp(word->name, "intel_iommu") &&
		    list_has(word->value, "igfx_off"))
			return "igfx_off denies it the IOMMU: remove that from the kernel command line";
	return "the IOMMU is on, but not for this device: use another slot, "
	       "or look for iommu in the kernel log";
}

static void guard_iommu(struct group *group, const struct boot *boot)
{
	const struct iommu *iommu = &boot->decision.iommu;
	const char *name;

	/* that is why it has no group */
	if (group->refusals & REFUSE_SHARED_STREAM)
		return;
	if (!group->id && iommu->state == IOMMU_ON && iommu->groups_at_probe)
		return;
	name = group->id ? root_attribute(boot->root, text_of("sys/kernel/iommu_groups/%s/name", group->id)) : NULL;
	if (group->id && iommu->state == IOMMU_ON && !text_same(name, "vfio-noiommu"))
		return;
	for_each(member, &group->members)
		if (member->selected)
			refuse(group, REFUSE_NO_IOMMU, member->device->name, iommu->state != IOMMU_ON ? iommu->remedy :
			       remedy_for_uncovered(member->device, &boot->cmdline));
}

/* A named device whose controller is in the group: it goes when the controller goes. */
static void guard_parents(struct group *group, struct inventory *inventory)
{
	for_each(member, &group->members) {
		const struct device *parent = member->selected ? controller_of(inventory, member->device) : NULL;

		if (parent && group->id && text_same(parent->group, group->id))
			refuse(group, REFUSE_OWN_PARENT, parent->name,
			       text_of("select the controller %s instead of %s", parent->name, member->device->name));
	}
}

static const char *viability_remedy(const struct group *group, const struct member *member, int root)
{
	const char *link = text_of("sys/kernel/iommu_groups/%s/devices/%s/driver/module", group->id, member->device->name);

	/* what is built in may have such a link, too, but only a module has a state */
	if (!root_exists(root, text_of("%s/initstate", link)))
		return text_of("put the device into a slot with a group of its own: "
			       "%s has the built-in driver %s and is not taken", member->device->name,
			       member->before);
	return text_of("keep %s off %s: add modprobe.blacklist=%s to the kernel command line", member->before,
		       member->device->name, root_link_name(root, link));
}

/* An override that cannot be read could not be put back. */
static void guard_overrides(struct group *group)
{
	for_each(member, &group->members)
		if (member->device->is_pci && !member->device->override_known &&
		    (member->role == ROLE_TAKE || member->role == ROLE_LEAVE_DRIVERLESS))
			refuse(group, REFUSE_NOT_VIABLE, member->device->name,
			       text_of("driver_override of %s cannot be read: see /sys/bus/pci/devices/%s",
				       member->device->name, member->device->name));
}

static void guard_viability(struct group *group, const struct inventory *inventory)
{
	if (!group->whole || !group->id)
		return;
	if (group->unreadable)
		refuse(group, REFUSE_NOT_VIABLE, group->members.items[0].device->name,
		       text_of("its group cannot be read: see /sys/kernel/iommu_groups/%s", group->id));
	for_each(member, &group->members)
		if ((member->role == ROLE_LEAVE || member->role == ROLE_LEAVE_DRIVERLESS) &&
		    !driver_keeps_viable(member->device, member->before, inventory->kernel))
			refuse(group, REFUSE_NOT_VIABLE, member->device->name,
			       viability_remedy(group, member, inventory->root));
}

/* Of groups with companions all are taken or none. */
static void guard_companion_sets(struct decision *decision)
{
	for_each(group, &decision->groups)
		for_each(other, &decision->groups) {
			if (other->companion_set != group->companion_set || !(other->refusals & ~group->refusals))
				continue;
			for_each(reason, &other->reasons)
				refuse(group, reason->refusal, reason->because, reason->remedy);
		}
}

void guard_groups(struct boot *boot)
{
	struct decision *decision = &boot->decision;
	struct inventory *inventory = &boot->inventory;

	for_each(group, &decision->groups) {
		guard_parents(group, inventory);
		guard_overrides(group);
		guard_viability(group, inventory);
		guard_membership(group, boot);
		guard_iommu(group, boot);
		guard_uses(group, boot);
	}
	guard_input(boot);
	guard_displays(boot);
	guard_companion_sets(decision);
}
