/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 3: what must not be taken, why, and what to do about it. */
#include "decide.h"

#include "faults.h"
#include "inventory.h"
#include "memory.h"
#include "request.h"
#include "root.h"
#include "text.h"

#include <string.h>

#define KERNEL(major, minor) ((major) << 8 | (minor))

static void refuse(struct group *group, enum refusal refusal, const char *because, const char *remedy)
{
	size_t i;

	group->refusals |= refusal;
	group->result = GROUP_REFUSED;
	for (i = 0; i < group->because.count; i++)
		if (!strcmp(group->because.items[i], because))
			break;
	if (i == group->because.count)
		strings_add(&group->because, because);
	for (i = 0; i < group->remedies.count; i++)
		if (!strcmp(group->remedies.items[i], remedy))
			return;
	strings_add(&group->remedies, remedy);
}

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
	size_t i;

	name = group->id ? root_attribute(root, text_of("sys/kernel/iommu_groups/%s/name", group->id)) : NULL;
	if (group->id && iommu->state == IOMMU_ON && !(name && !strcmp(name, "vfio-noiommu")))
		return;
	if (!remedy)
		remedy = "the IOMMU is on, but not for this device: use another slot, "
			 "or look for iommu in the kernel log";
	for (i = 0; i < group->member_count; i++)
		if (group->members[i].want)
			refuse(group, REFUSE_NO_IOMMU, group->members[i].device->name, remedy);
}

/* A named device whose controller is in the group: it goes when the controller goes. */
static void guard_parents(struct group *group)
{
	size_t i, j;

	for (i = 0; i < group->member_count; i++)
		for (j = 0; j < group->member_count; j++) {
			const struct device *child = group->members[i].device, *parent = group->members[j].device;

			if (group->members[i].want && !device_is_bridge(parent) && device_is_below(child, parent))
				refuse(group, REFUSE_OWN_PARENT, parent->name,
				       text_of("select the controller %s instead of %s", parent->name, child->name));
		}
}

static const char *viability_remedy(const struct member *member, const struct inventory *inventory)
{
	const char *module = root_link_name(inventory->root, text_of("sys/bus/pci/drivers/%s/module",
								     member->before));

	if (!module)
		return text_of("put the device into a slot with a group of its own: "
			       "%s has the built-in driver %s and is not taken", member->device->name,
			       member->before);
	return text_of("keep %s off %s: add modprobe.blacklist=%s to the kernel command line", member->before,
		       member->device->name, module);
}

static void guard_viability(struct group *group, const struct inventory *inventory)
{
	size_t i;

	if (!group->whole || !group->id)
		return;
	if (group->unreadable)
		refuse(group, REFUSE_NOT_VIABLE, group->members[0].device->name,
		       text_of("its group cannot be read: see /sys/kernel/iommu_groups/%s", group->id));
	for (i = 0; i < group->member_count; i++) {
		const struct member *member = &group->members[i];

		if ((member->role == ROLE_LEAVE || member->role == ROLE_LEAVE_DRIVERLESS) &&
		    !driver_keeps_viable(member->device, member->before, inventory->kernel))
			refuse(group, REFUSE_NOT_VIABLE, member->device->name, viability_remedy(member, inventory));
	}
}

static bool is_hosts_display(const struct device *device)
{
	return device_is_display(device) && !is_for_guests(device->driver);
}

static bool takes_display(const struct member *member)
{
	return member->role == ROLE_TAKE && is_hosts_display(member->device);
}

static const char *how_to_allow(const struct request *request, enum refusal refusal)
{
	if (!strcmp(request->at.source, "cmdline"))
		return text_of("add +allow=%s to %s on the kernel command line", refusal_name(refusal),
			       request->text);
	if (!request->at.line)
		return text_of("select it in /etc/vfio-early.conf with allow=%s", refusal_name(refusal));
	return text_of("add allow=%s to %s", refusal_name(refusal), where_line(request->at));
}

/* Counted over everything that is taken: the group that would take the last one is refused. */
static void guard_displays(struct decision *decision, struct inventory *inventory)
{
	size_t left = 0, i, j;
	bool counted = false;

	for (i = 0; i < decision->group_count; i++) {
		struct group *group = &decision->groups[i];
		size_t mine = 0;

		for (j = 0; j < group->member_count; j++)
			mine += takes_display(&group->members[j]);
		if (!mine)
			continue;
		if (!counted) {
			inventory_walk(inventory);
			for (j = 0; j < inventory->count; j++)
				left += is_hosts_display(inventory->devices[j]);
			counted = true;
		}
		for (j = 0; left == mine && !(group->allow & REFUSE_LAST_DISPLAY) && j < group->member_count; j++)
			if (takes_display(&group->members[j]))
				refuse(group, REFUSE_LAST_DISPLAY, group->members[j].device->name,
				       text_of("keep another display for the host, or %s",
					       how_to_allow(group->first, REFUSE_LAST_DISPLAY)));
		if (!group->refusals)
			left -= mine;
	}
}

static void warn_of_group(struct decision *decision, const struct group *group, int root)
{
	size_t i;

	/* lines: start, end, type; "direct-relaxable" is harmless */
	if (group->id && root_contains(root, text_of("sys/kernel/iommu_groups/%s/reserved_regions", group->id),
				       " direct\n"))
		strings_add(&decision->warnings,
			    text_of("group %s has a direct reserved region (RMRR): it binds, but no VM can use it",
				    group->id));
	for (i = 0; i < group->member_count; i++) {
		const char *name = group->members[i].device->name, *boot;

		if (!takes_display(&group->members[i]))
			continue;
		boot = root_attribute(root, text_of("sys/bus/pci/devices/%s/boot_vga", name));
		if (boot && *boot == '1')
			strings_add(&decision->warnings, text_of("%s is the boot display: its screen stays dark", name));
	}
}

static void warn(struct decision *decision, int root)
{
	bool any = false;
	size_t i;

	for (i = 0; i < decision->group_count; i++)
		if (!decision->groups[i].refusals) {
			warn_of_group(decision, &decision->groups[i], root);
			any = true;
		}
	if (any && !decision->iommu.remaps_interrupts)
		strings_add(&decision->warnings, "no interrupt remapping: a VM starts only with "
			    "allow_unsafe_interrupts of vfio_iommu_type1");
}

static void mark_refused(struct group *group)
{
	size_t i;

	for (i = 0; group->refusals && i < group->member_count; i++)
		if (group->members[i].role == ROLE_TAKE)
			group->members[i].result = RESULT_REFUSED;
}

void guard_groups(struct decision *decision, struct inventory *inventory)
{
	size_t i;

	for (i = 0; i < decision->group_count; i++) {
		struct group *group = &decision->groups[i];

		guard_iommu(group, &decision->iommu, inventory->root);
		guard_parents(group);
		guard_viability(group, inventory);
	}
	guard_displays(decision, inventory);
	for (i = 0; i < decision->group_count; i++)
		mark_refused(&decision->groups[i]);
	warn(decision, inventory->root);
}
