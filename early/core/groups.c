/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 2: from selected devices to their IOMMU groups, and what becomes of every member. */
#include "stages.h"

#include "address.h"
#include "framebuffer.h"
#include "groups.h"
#include "inventory.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define DRIVER_DEFAULT "vfio-pci"
#define CLASS_DISPLAY 0x03
#define CLASS_BRIDGE 0x06
#define CLASS_UHCI 0x0c0300
#define CLASS_OHCI 0x0c0310
#define CLASS_EHCI 0x0c0320

struct group *group_find(struct decision *decision, const char *id)
{
	for_each(group, &decision->groups)
		if (id && text_same(group->id, id))
			return group;
	return NULL;
}

struct group *group_add(struct decision *decision, const char *id, const struct request *first)
{
	size_t unit = decision->groups.count;
	struct group *group = list_add(&decision->groups);

	group->id = id;
	group->first = first;
	group->unit = unit;
	return group;
}

static bool is_on_bus_of(const struct device *device, const struct group *group)
{
	const struct pci_address *other = &group->members.items[0].device->address;

	return device->address.domain == other->domain && device->address.bus == other->bus;
}

static struct group *group_of(struct decision *decision, const struct selected *selected)
{
	struct group *added = group_find(decision, selected->device->group);
	bool late = !selected->device->group && text_same(decision->iommu.kind, "smmu");

	for_each(group, &decision->groups)
		if (late && group->late && is_on_bus_of(selected->device, group))
			added = group;
	if (added)
		return added;
	added = group_add(decision, selected->device->group, selected->first);
	added->late = late;
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
		leave(member);
}

static void add_siblings(struct group *group, struct inventory *inventory)
{
	size_t i, count = group->members.count;
	struct devices devices = { 0 };

	if (!group->whole)
		return;
	if (group->late)
		for (i = 0; i < count; i++)
			inventory_neighbours(inventory, group->members.items[i].device, &devices);
	else if (group->id)
		group->unreadable = !inventory_group(inventory, group->id, &devices);
	for_each(device, &devices)
		if (!has_member(group, *device) && (group->id || can_be_taken(*device)))
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

/* A companion of a member of that group joins it, or its own group becomes one unit with it. */
static void add_companion(struct decision *decision, size_t index, struct device *companion)
{
	struct group *of = &decision->groups.items[index], *group = group_with(decision, companion);
	size_t unit = of->unit, joined;

	if (!group) {
		struct group source = *of;

		group = source.late ? of : group_find(decision, companion->group);
		if (!group) {
			group = group_add(decision, companion->group, source.first);
			group->whole = source.whole;
			group->allow = source.allow;
		}
		add_member(group, companion, NULL);
	}
	joined = group->unit;
	for_each(other, &decision->groups)
		if (other->unit == joined)
			other->unit = unit;
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
			inventory_detail(inventory, *companion);
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
			leave(member);
			member->role = ROLE_BELOW_CONTROLLER;
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

static void assign_roles(struct group *group, struct inventory *inventory)
{
	qsort(group->members.items, group->members.count, sizeof(*group->members.items), compare_members);
	leave_what_is_below(group);
	add_framebuffers(group, inventory);
	group->result = group->whole && !group->late ? GROUP_VIABLE : GROUP_UNCHECKED;
}

void group_complete(struct group *group, struct inventory *inventory)
{
	add_siblings(group, inventory);
	assign_roles(group, inventory);
}

void group_devices(struct decision *decision, struct inventory *inventory)
{
	size_t i;

	for_each(selected, &decision->selection.devices) {
		struct group *group;

		inventory_detail(inventory, selected->device);
		group = group_of(decision, selected);
		group->whole |= !selected->siblings_none;
		group->allow |= selected->allow;
		add_member(group, selected->device, selected);
	}
	/* a companion can bring another group */
	for (i = 0; i < decision->groups.count; i++) {
		add_siblings(&decision->groups.items[i], inventory);
		add_companions(decision, i, inventory);
	}
	for_each(group, &decision->groups)
		assign_roles(group, inventory);
}
