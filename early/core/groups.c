/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 2: from selected devices to their IOMMU groups, and what becomes of every member. */
#include "stages.h"

#include "address.h"
#include "framebuffer.h"
#include "device.h"
#include "inventory.h"
#include "text.h"
#include "topology.h"

#include <stdlib.h>
#include <string.h>

#define DRIVER_DEFAULT "vfio-pci"
#define CLASS_DISPLAY 0x03
#define CLASS_BRIDGE 0x06
#define CLASS_UHCI 0x0c0300
#define CLASS_OHCI 0x0c0310
#define CLASS_EHCI 0x0c0320

/* The group with this number; of what has none there is none. */
static struct group *find_group(struct decision *decision, const char *id)
{
	for_each(group, &decision->groups)
		if (id && text_same(group->id, id))
			return group;
	return NULL;
}

/* The group of a device, made if it is the first: then pointers to others are no longer good. */
static struct group *group_of(struct decision *decision, const struct device *device, const struct request *first)
{
	size_t count = decision->groups.count;
	struct group *group = find_group(decision, device->group);

	if (group)
		return group;
	group = list_add(&decision->groups);
	group->id = device->group;
	group->first = first;
	group->companion_set = count;
	return group;
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
static enum role role_of_what_stays(const struct member *member)
{
	return member->before || !member->device->is_pci ? ROLE_LEAVE : ROLE_LEAVE_DRIVERLESS;
}

/* Of what nobody named. */
static bool can_be_taken(const struct device *device)
{
	return device->is_pci && !device_is_bridge(device) && device->class >> 16 != CLASS_BRIDGE;
}

static void add_member(struct group *group, struct device *device, const struct selected *selected)
{
	struct member *member = list_add(&group->members);

	*member = (struct member) {
		.device = device, .selected = selected, .before = device->driver, .after = device->driver,
	};
	if (selected || can_be_taken(device))
		member->driver = selected && selected->driver_from ? selected->driver_from->driver : DRIVER_DEFAULT;
	else
		member->role = role_of_what_stays(member);
}

static void add_siblings(struct group *group, struct inventory *inventory)
{
	struct devices devices = { 0 };

	if (group->whole && group->id)
		group->unreadable = !inventory_group(inventory, group->id, &devices);
	for_each(device, &devices)
		if (!has_member(group, *device))
			add_member(group, *device, NULL);
}

/* UHCI, OHCI and EHCI functions. */
static bool has_companions(const struct device *device)
{
	return device->class == CLASS_UHCI || device->class == CLASS_OHCI || device->class == CLASS_EHCI;
}

static struct group *group_with(struct decision *decision, const struct device *device)
{
	for_each(group, &decision->groups)
		if (has_member(group, device))
			return group;
	return NULL;
}

/* The group of a companion is taken with that of the member; if no line names it, as the lines of that one say. */
static void add_companion(struct decision *decision, size_t index, struct device *companion)
{
	struct group *group = group_with(decision, companion);
	size_t set = decision->groups.items[index].companion_set, joined;

	if (!group) {
		struct group source = decision->groups.items[index];
		size_t count = decision->groups.count;

		group = group_of(decision, companion, source.first);
		if (decision->groups.count > count) {
			group->whole = source.whole;
			group->allow = source.allow;
		}
		add_member(group, companion, NULL);
	}
	joined = group->companion_set;
	for_each(other, &decision->groups)
		if (other->companion_set == joined)
			other->companion_set = set;
}

/* The USB 1 and 2 functions of a slot; none if no EHCI is among them. */
static struct devices companions_at(struct pci_address address, struct inventory *inventory)
{
	struct devices companions = { 0 };
	bool any = false;

	for (address.function = 0; address.function < 8; address.function++) {
		struct device *device = inventory_at(inventory, &address);

		if (!device || !has_companions(device))
			continue;
		any |= device->class == CLASS_EHCI;
		*list_add(&companions) = device;
	}
	return any ? companions : (struct devices) { 0 };
}

/*
 * At any probe of one of them the kernel looks at the driver data of the others
 * (drivers/usb/core/hcd-pci.c:for_each_companion): they are taken together or
 * not at all.
 */
static void add_companions(struct decision *decision, size_t index, struct inventory *inventory)
{
	size_t i;

	for (i = 0; i < decision->groups.items[index].members.count; i++) {
		const struct member *member = &decision->groups.items[index].members.items[i];
		struct devices companions = { 0 };

		if (member->role == ROLE_TAKE && has_companions(member->device))
			companions = companions_at(member->device->address, inventory);
		for_each(companion, &companions) {
			device_detail(inventory->root, *companion);
			add_companion(decision, index, *companion);
		}
	}
}

/* What hangs below a controller that is taken (a disk behind VMD) goes when its driver goes. */
static void leave_what_is_below(struct group *group)
{
	for_each(member, &group->members)
		for_each(controller, &group->members) {
			if (member->selected || controller->role != ROLE_TAKE ||
			    !device_is_below(member->device, controller->device))
				continue;
			member->role = ROLE_BELOW_CONTROLLER;
			member->driver = NULL;
		}
}

/* A framebuffer that holds memory of what is taken has to let go. */
static void add_framebuffers(struct group *group, struct inventory *inventory)
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
				.after = framebuffer->driver,
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
	size_t i;

	for_each(selected, &decision->selection.devices) {
		struct group *group;

		device_detail(inventory->root, selected->device);
		group = group_of(decision, selected->device, selected->first);
		group->whole |= !selected->siblings_none;
		group->allow |= selected->allow;
		add_member(group, selected->device, selected);
	}
	/* a companion can bring another group */
	for (i = 0; i < decision->groups.count; i++) {
		add_siblings(&decision->groups.items[i], inventory);
		add_companions(decision, i, inventory);
	}
	for_each(group, &decision->groups) {
		qsort(group->members.items, group->members.count, sizeof(*group->members.items), compare_members);
		leave_what_is_below(group);
		add_framebuffers(group, inventory);
	}
}
