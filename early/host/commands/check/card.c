/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of the cards: functions that stay with the host, and what a guest misses without them. */
#include "checks.h"

#include "../../machine/card.h"
#include "../../machine/names.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

/* What a function of a display's card does for it, by class; 0 is any other. */
static const struct part {
	unsigned class;
	const char *name, *loss;
} parts[] = {
	{ 0x0403, "audio", "no sound over its outputs" }, { 0x0401, "audio", "no sound over its outputs" },
	{ 0x0c03, "USB", "no USB at its USB-C port" }, { 0x0c80, "USB-C controller", "nothing switches its USB-C port" },
	{ 0x0000, "another part", "drivers of the guest may miss it" },
};

static const struct part *part_of(const struct device *device)
{
	const struct part *part = parts;

	while (part->class && part->class != device->class >> 8)
		part++;
	return part;
}

/*
 * Whether nothing resets the function but a reset of its bus. Its methods are
 * listed since 5.15, with no file where there is none; "bus" is listed for
 * function 0 only (drivers/pci/pci.c:pci_parent_bus_reset), and VFIO resets the
 * bus of all functions that one guest has. False where it is not known.
 */
static bool needs_its_bus(const struct checking *checking, const struct device *device)
{
	const char *methods = root_attribute(checking->machine->fd,
					     text_of("sys/bus/pci/devices/%s/reset_method", device->name));

	if (!methods && (!checking->machine->live || checking->rehearsal.boot.inventory.kernel < KERNEL(5, 15)))
		return false;
	return !methods || !*methods || !strcmp(methods, "bus") || !strcmp(methods, "cxl_bus") ||
	       !strcmp(methods, "bus cxl_bus");
}

static const char *with_groups(const struct devices *devices)
{
	struct text shown = { 0 };

	for_each(device, devices) {
		text_print(&shown, "%s%s", shown.length ? ", " : "", address_shown((*device)->name));
		if ((*device)->group)
			text_print(&shown, " (group %s)", (*device)->group);
	}
	return shown.bytes;
}

static bool has(const struct devices *devices, const struct device *device)
{
	for_each(item, devices)
		if (*item == device)
			return true;
	return false;
}

/* "select 04:00 (all functions), or 04:00.0 04:00.1": the first only where the slot has nothing else. */
static const char *how_to_take(const struct devices *all, const struct device *device, const struct devices *companions)
{
	const char *name = address_shown(device->name);
	struct text fix = { 0 }, names = { 0 };
	bool are_slot = true;

	for_each(other, all)
		are_slot &= on_same_slot(*other, device) == (*other == device || has(companions, *other));
	for_each(companion, companions)
		text_print(&names, " %s", address_shown((*companion)->name));
	text_print(&fix, "select ");
	if (are_slot)
		text_print(&fix, "%s (all functions), or ", keep_bytes(name, strlen(name) - strlen(".0")));
	text_print(&fix, "%s%s", name, names.bytes);
	return fix.bytes;
}

static void check_companions(struct checking *checking, const struct device *display, bool needs_bus)
{
	const struct devices *all = &checking->rehearsal.boot.inventory.devices;
	struct devices companions = card_companions(all, display), mates = bus_mates(all, display);
	const char *whole = strchr(display->path ? display->path : "", '/') ? "card" : "chipset";

	for_each(companion, &companions) {
		const char *name = (*companion)->name, *group = (*companion)->group;
		const struct part *part = part_of(*companion);
		struct text text = { 0 };

		if (rehearsal_takes(&checking->rehearsal, *companion))
			continue;
		text_print(&text, "%s (%s) of the same %s %s%s and stays with the host: %s", address_shown(name), part->name,
			   whole, group ? "is in group " : "has no group", group ? group : "", part->loss);
		if (needs_bus && group && has(&mates, *companion))
			text_print(&text, ", and VFIO can reset %s by its bus only with it (QEMU: \"depends on group %s which "
				   "is not owned\")", address_shown(display->name), group);
		findings_add(&checking->findings, LEVEL_WARN, "card", how_to_take(all, display, &companions), "%s", text.bytes);
	}
}

/* Of what the card check has not named. */
static void check_reset(struct checking *checking, const struct device *device)
{
	const struct devices *all = &checking->rehearsal.boot.inventory.devices;
	struct devices mates = bus_mates(all, device), companions = card_companions(all, device), kept = { 0 };
	const char *methods = text_of("sys/bus/pci/devices/%s/reset_method", device->name);

	for_each(mate, &mates)
		if (!rehearsal_takes(&checking->rehearsal, *mate) && !has(&companions, *mate))
			*list_add(&kept) = *mate;
	if (kept.count)
		findings_add(&checking->findings, LEVEL_WARN, "reset",
			     "select what is named as well, if the host can do without it",
			     "VFIO can reset %s by its bus only, and only with %s, which the host keeps (QEMU: \"depends on group "
			     "%s which is not owned\")", device_shown(device), with_groups(&kept),
			     kept.items[0]->group ? kept.items[0]->group : "N");
	else if (!mates.count && !root_contains(checking->machine->fd, methods, "bus"))
		findings_add(&checking->findings, LEVEL_WARN, "reset", NULL,
			     "%s has no way to be reset: a VM may start only once after each boot", device_shown(device));
}

void check_cards(struct checking *checking)
{
	for_each(group, &checking->rehearsal.boot.decision.groups)
		for_each(member, &group->members) {
			bool needs_bus;

			if (group->refusals || member->role != ROLE_TAKE)
				continue;
			needs_bus = needs_its_bus(checking, member->device);
			check_companions(checking, member->device, needs_bus);
			if (needs_bus && member->selected)
				check_reset(checking, member->device);
		}
}
