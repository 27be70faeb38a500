/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 2: from selected devices to their IOMMU groups, and what becomes of every member. */
#include "decide.h"

#include "address.h"
#include "inventory.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define DRIVER_DEFAULT "vfio-pci"
#define CLASS_BRIDGE 0x06

static struct group *group_of(struct decision *decision, const struct want *want)
{
	const struct device *device = want->device;
	size_t i;

	for (i = 0; device->group && i < decision->group_count; i++)
		if (decision->groups[i].id && !strcmp(decision->groups[i].id, device->group))
			return &decision->groups[i];
	decision->groups = keep_more(decision->groups, decision->group_count, sizeof(*decision->groups));
	decision->groups[decision->group_count] = (struct group) {
		.id = device->group, .first = want->first,
	};
	return &decision->groups[decision->group_count++];
}

static bool has_member(const struct group *group, const struct device *device)
{
	size_t i;

	for (i = 0; i < group->member_count; i++)
		if (group->members[i].device == device)
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
	struct member member = {
		.device = device, .want = want, .before = device->driver, .after = device->driver,
	};

	group->members = keep_more(group->members, group->member_count, sizeof(member));
	if (want || (device->is_pci && !device_is_bridge(device) && device->class >> 16 != CLASS_BRIDGE)) {
		member.role = ROLE_TAKE;
		member.driver = want && want->driver ? want->driver : DRIVER_DEFAULT;
	} else {
		leave(&member);
	}
	group->members[group->member_count++] = member;
}

/* What hangs below a controller that is taken (a disk behind VMD) goes when its driver goes. */
static void leave_what_is_below(struct group *group)
{
	size_t i, j;

	for (i = 0; i < group->member_count; i++)
		for (j = 0; j < group->member_count; j++) {
			struct member *member = &group->members[i];

			if (member->want || group->members[j].role != ROLE_TAKE ||
			    !device_is_below(member->device, group->members[j].device))
				continue;
			leave(member);
			member->role = ROLE_GOES;
		}
}

static void add_siblings(struct group *group, struct inventory *inventory)
{
	struct device **devices;
	size_t count, i;

	group->unreadable = !inventory_group(inventory, group->id, &devices, &count);
	for (i = 0; i < count; i++)
		if (!has_member(group, devices[i]))
			add_member(group, devices[i], NULL);
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
	const struct selection *selection = &decision->selection;
	size_t i;

	for (i = 0; i < selection->want_count; i++) {
		const struct want *want = &selection->wants[i];
		struct group *group;

		inventory_detail(inventory, want->device);
		group = group_of(decision, want);
		group->whole |= !want->siblings_none;
		group->allow |= want->allow;
		add_member(group, want->device, want);
	}
	for (i = 0; i < decision->group_count; i++) {
		struct group *group = &decision->groups[i];

		if (group->whole && group->id)
			add_siblings(group, inventory);
		qsort(group->members, group->member_count, sizeof(*group->members), compare_members);
		leave_what_is_below(group);
		group->result = group->whole ? GROUP_VIABLE : GROUP_UNCHECKED;
	}
}
