/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 2: from selected devices to their IOMMU groups, and what becomes of every member. */
#include "stages.h"

#include "address.h"
#include "framebuffer.h"
#include "inventory.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define DRIVER_DEFAULT "vfio-pci"
#define CLASS_DISPLAY 0x03
#define CLASS_BRIDGE 0x06

static struct group *group_of(struct decision *decision, const struct want *want)
{
	struct group *added;

	for_each(group, &decision->groups)
		if (group->id && text_same(group->id, want->device->group))
			return group;
	added = list_add(&decision->groups);
	added->id = want->device->group;
	added->first = want->first;
	return added;
}

static bool has_member(const struct group *group, const struct device *device)
{
	for_each(member, &group->members)
		if (member->device == device)
			return true;
	return false;
}

/*
 * A member that is not taken stays as it is; one that has no driver is kept
 * from getting one later (udev gives lpc_ich to an ISA bridge), because that
 * would make the group unusable.
 */
static void leave(struct member *member)
{
	member->role = member->before || !member->device->is_pci ? ROLE_LEAVE : ROLE_LEAVE_DRIVERLESS;
	member->result = RESULT_LEFT;
	member->driver = NULL;
}

static void add_member(struct group *group, struct device *device, const struct want *want)
{
	struct member *member = list_add(&group->members);

	*member = (struct member) {
		.device = device, .want = want, .before = device->driver, .after = device->driver,
	};
	if (want || (device->is_pci && !device_is_bridge(device) && device->class >> 16 != CLASS_BRIDGE))
		member->driver = want && want->driver_from ? want->driver_from->driver : DRIVER_DEFAULT;
	else
		leave(member);
}

static void add_siblings(struct group *group, struct inventory *inventory)
{
	struct devices devices = { 0 };

	group->unreadable = !inventory_group(inventory, group->id, &devices);
	for_each(device, &devices)
		if (!has_member(group, *device))
			add_member(group, *device, NULL);
}

/* What hangs below a controller that is taken (a disk behind VMD) goes when its driver goes. */
static void leave_what_is_below(struct group *group)
{
	for_each(member, &group->members)
		for_each(controller, &group->members) {
			if (member->want || controller->role != ROLE_TAKE ||
			    !device_is_below(member->device, controller->device))
				continue;
			leave(member);
			member->role = ROLE_GOES;
		}
}

/* A framebuffer that holds memory of what is taken has to let go. */
static void add_framebuffers(struct group *group, const struct inventory *inventory)
{
	size_t i, count = group->members.count;

	for (i = 0; i < count; i++) {
		const struct member *member = &group->members.items[i];
		struct device *framebuffer = NULL;

		if (member->role == ROLE_TAKE && member->device->class >> 16 == CLASS_DISPLAY)
			framebuffer = framebuffer_on(inventory, member->device);
		if (framebuffer)
			*list_add(&group->members) = (struct member) {
				.device = framebuffer, .role = ROLE_RELEASE, .before = framebuffer->driver,
				.after = framebuffer->driver, .result = RESULT_LEFT,
			};
	}
}

/* PCI functions by address, then the rest in the order of their names. */
static int compare_members(const void *a, const void *b)
{
	const struct device *one = ((const struct member *)a)->device, *other = ((const struct member *)b)->device;

	if (one->is_pci != other->is_pci)
		return one->is_pci ? -1 : 1;
	return one->is_pci ? address_compare(&one->address, &other->address) : strcmp(one->name, other->name);
}

void group_devices(struct decision *decision, struct inventory *inventory)
{
	for_each(want, &decision->selection.wants) {
		struct group *group;

		inventory_detail(inventory, want->device);
		group = group_of(decision, want);
		group->whole |= !want->siblings_none;
		group->allow |= want->allow;
		add_member(group, want->device, want);
	}
	for_each(group, &decision->groups) {
		if (group->whole && group->id)
			add_siblings(group, inventory);
		qsort(group->members.items, group->members.count, sizeof(*group->members.items), compare_members);
		leave_what_is_below(group);
		add_framebuffers(group, inventory);
		group->result = group->whole ? GROUP_VIABLE : GROUP_UNCHECKED;
	}
}
