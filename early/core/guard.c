/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 3: what must not be taken, why, and what to do about it. */
#include "stages.h"

#include "guard.h"
#include "inventory.h"
#include "refusal.h"
#include "root.h"
#include "text.h"

#include <string.h>

#define CLASS_VGA 0x0300
#define KERNEL(major, minor) ((major) << 8 | (minor))

/* A display with such a driver is no longer the host's. */
static bool is_for_guests(const char *driver)
{
	return driver && (strstr(driver, "vfio") || !strcmp(driver, "pci-stub"));
}

bool driver_keeps_viable(const struct device *device, const char *driver, unsigned kernel)
{
	if (!driver || is_for_guests(driver))
		return true;
	if (kernel && kernel < KERNEL(5, 19))
		return device->is_pci && device->header_type != 0;
	return !strcmp(driver, "pcieport");
}

static void guard_iommu(struct group *group, const struct iommu *iommu, int root)
{
	const char *remedy = iommu->remedy, *name;

	if (group->late && iommu->state == IOMMU_ON)
		return;
	name = group->id ? root_attribute(root, text_of("sys/kernel/iommu_groups/%s/name", group->id)) : NULL;
	if (group->id && iommu->state == IOMMU_ON && !text_same(name, "vfio-noiommu"))
		return;
	if (!remedy)
		remedy = "the IOMMU is on, but not for this device: use another slot, "
			 "or look for iommu in the kernel log";
	for_each(member, &group->members)
		if (member->selected)
			refuse(group, REFUSE_NO_IOMMU, member->device->name, remedy);
}

/* A named device whose controller is in the group: it goes when the controller goes. */
static void guard_parents(struct group *group, struct inventory *inventory)
{
	for_each(member, &group->members) {
		const struct device *parent = member->selected ? inventory_controller(inventory, member->device) : NULL;

		if (parent && group->id && text_same(parent->group, group->id))
			refuse(group, REFUSE_OWN_PARENT, parent->name,
			       text_of("select the controller %s instead of %s", parent->name, member->device->name));
	}
}

static const char *viability_remedy(const struct group *group, const struct member *member, int root)
{
	const char *module = root_link_name(root, text_of("sys/kernel/iommu_groups/%s/devices/%s/driver/module",
							  group->id, member->device->name));

	if (!module)
		return text_of("put the device into a slot with a group of its own: "
			       "%s has the built-in driver %s and is not taken", member->device->name,
			       member->before);
	return text_of("keep %s off %s: add modprobe.blacklist=%s to the kernel command line", member->before,
		       member->device->name, module);
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

static bool is_hosts_display(const struct device *device)
{
	return device_is_display(device) && !is_for_guests(device->driver);
}

static bool takes_display(const struct member *member)
{
	return member->role == ROLE_TAKE && is_hosts_display(member->device);
}

/* Whether one of the groups up to last takes the device. */
static bool is_taken_until(const struct decision *decision, const struct group *last, const struct device *device)
{
	for_each(group, &decision->groups) {
		if (group > last)
			break;
		if ((group->refusals && group != last) || group->result == GROUP_FAILED)
			continue;
		for_each(member, &group->members)
			if (member->device == device && member->role == ROLE_TAKE)
				return true;
	}
	return false;
}

static bool leaves_display(const struct decision *decision, const struct group *group, struct inventory *inventory)
{
	struct device *device;
	size_t i;

	for (i = 0; (device = inventory_nth(inventory, i)); i++)
		if (is_hosts_display(device) && !is_taken_until(decision, group, device))
			return true;
	return false;
}

/* Counted over everything that is taken: the group that would take the last one is refused. */
static void guard_displays(struct decision *decision, struct inventory *inventory)
{
	for_each(group, &decision->groups) {
		bool any = false;

		for_each(member, &group->members)
			any |= takes_display(member);
		if (!any || group->settled || (group->allow & REFUSE_LAST_DISPLAY) ||
		    leaves_display(decision, group, inventory))
			continue;
		for_each(member, &group->members)
			if (takes_display(member))
				refuse(group, REFUSE_LAST_DISPLAY, member->device->name,
				       text_of("keep another display for the host, or %s",
					       how_to_allow(group->first, REFUSE_LAST_DISPLAY)));
	}
}

static void warn_of_group(struct decision *decision, const struct group *group, int root)
{
	const char *regions = NULL;

	/* lines: start, end, type; "direct-relaxable" is harmless */
	if (group->id)
		regions = root_text(root, text_of("sys/kernel/iommu_groups/%s/reserved_regions", group->id));
	if (regions && strstr(regions, " direct\n"))
		strings_add_once(&decision->warnings,
				 text_of("group %s has a direct reserved region (RMRR): it binds, but no VM can use it",
					 group->id));
	for_each(member, &group->members) {
		const char *name = member->device->name;

		/* what else is a display has no such attribute (drivers/pci/pci-sysfs.c) */
		if (takes_display(member) && member->device->class >> 8 == CLASS_VGA &&
		    text_same(root_attribute(root, text_of("sys/bus/pci/devices/%s/boot_vga", name)), "1"))
			strings_add_once(&decision->warnings, text_of("%s is the boot display: its screen stays dark", name));
	}
}

/* Of a unit all groups are taken or none. */
static void guard_units(struct decision *decision)
{
	for_each(group, &decision->groups)
		for_each(other, &decision->groups) {
			if (other->unit != group->unit || !(other->refusals & ~group->refusals))
				continue;
			group->refusals |= other->refusals;
			group->result = GROUP_REFUSED;
			for_each(because, &other->because)
				strings_add_once(&group->because, *because);
			for_each(remedy, &other->remedies)
				strings_add_once(&group->remedies, *remedy);
		}
}

static void warn(struct decision *decision, int root, const struct manifest *manifest)
{
	bool any = false;

	for_each(group, &decision->groups)
		if (!group->refusals) {
			warn_of_group(decision, group, root);
			any = true;
		}
	if (any && !decision->iommu.remaps_interrupts)
		strings_add_once(&decision->warnings, "no interrupt remapping: a VM starts only with "
			    "allow_unsafe_interrupts of vfio_iommu_type1");
	if (any && !manifest->knows_uses)
		strings_add_once(&decision->warnings, "the image does not say what the host uses: its disks are not protected");
}

void guard_groups(struct decision *decision, struct inventory *inventory, const struct manifest *manifest)
{
	for_each(group, &decision->groups) {
		if (group->settled)
			continue;
		guard_iommu(group, &decision->iommu, inventory->root);
		guard_parents(group, inventory);
		guard_viability(group, inventory);
		guard_uses(group, inventory, manifest);
	}
	guard_input(decision, inventory, manifest);
	guard_displays(decision, inventory);
	guard_units(decision);
	for_each(group, &decision->groups)
		for_each(member, &group->members)
			if (group->refusals && member->role == ROLE_TAKE)
				member->result = RESULT_REFUSED;
	warn(decision, inventory->root, manifest);
}
