/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of "list": what is known of each device, and what the next boot does with it. */
#include "listing.h"

#include "../../machine/card.h"
#include "../../machine/maker.h"
#include "../../machine/match.h"
#include "../../machine/names.h"
#include "../../uses/claims.h"
#include "../../../core/address.h"
#include "../../../core/device.h"
#include "../../../core/refusal.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

static const char *fate_of_member(const struct group *group, const struct member *member)
{
	switch (member->role) {
	case ROLE_TAKE:
		return group->refusals ? text_of("refused: %s", refusals_joined(group->refusals)) : member->driver;
	case ROLE_LEAVE_DRIVERLESS:
		return group->refusals ? "host" : "no driver";
	case ROLE_BELOW_CONTROLLER:
		return group->refusals ? "host" : "gone";
	case ROLE_LEAVE:
	case ROLE_RELEASE:
		break;
	}
	return "host";
}

static const char *fate_of(struct rehearsal *rehearsal, const struct device *device)
{
	for_each(group, &rehearsal->boot.decision.groups)
		for_each(member, &group->members)
			if (member->device->is_pci && !address_compare(&member->device->address, &device->address))
				return fate_of_member(group, member);
	for_each(late, &rehearsal->late) {
		const struct device *maker = maker_of(&rehearsal->boot.inventory, *late);

		if ((*late)->name == device->name)
			return maker && rehearsal_takes(rehearsal, maker) ? "gone" : "comes later";
	}
	return "host";
}

struct slot {
	const char *name, *address;	/* "0000:01:00": a slot has no function */
};

struct slots {
	struct slot *items;
	size_t count;
};

/* Read once: servers have hundreds. */
static const struct slots *slots_of(const struct machine *machine)
{
	static struct slots slots;
	static bool read;
	struct strings names = { 0 };

	if (read)
		return &slots;
	read = true;
	root_list(machine->fd, "sys/bus/pci/slots", &names);
	for_each(name, &names) {
		const char *address = root_attribute(machine->fd, text_of("sys/bus/pci/slots/%s/address", *name));

		if (address && *address)
			*list_add(&slots) = (struct slot) { .name = *name, .address = address };
	}
	return &slots;
}

static const char *slot_of(const struct machine *machine, const struct device *device)
{
	for_each(slot, slots_of(machine))
		if (text_begins(device->name, slot->address) && device->name[strlen(slot->address)] == '.')
			return slot->name;
	return NULL;
}

/* Addresses are whole in JSON. */
static void fill(struct row *row, struct listing *listing, bool json)
{
	const struct device *device = row->device;
	const char **cells = row->cells;

	cells[COLUMN_ADDRESS] = json ? device->name : address_shown(device->name);
	cells[COLUMN_GROUP] = device->group;
	cells[COLUMN_PATH] = device->path;
	cells[COLUMN_ID] = text_of("%04x:%04x", device->id.vendor, device->id.device);
	cells[COLUMN_NAME] = name_of_device(device);
	cells[COLUMN_CLASS] = name_of_class(device);
	cells[COLUMN_SLOT] = slot_of(listing->machine, device);
	cells[COLUMN_DRIVER] = device->driver;
	cells[COLUMN_DRIVERS] = claims_on(listing->machine, device);
	cells[COLUMN_USED_BY] = uses_of(&listing->rehearsal.uses, device);
	cells[COLUMN_NEXT_BOOT] = device_is_bridge(device) ? NULL : fate_of(&listing->rehearsal, device);
}

void listing_rows(struct listing *listing)
{
	for_each(device, &listing->rehearsal.now)
		list_add(&listing->rows)->device = *device;
	for_each(row, &listing->rows)
		fill(row, listing, listing->options->json);
}

static bool is_wanted(const struct list_options *options, const struct device *device)
{
	if (options->classes && !(device->class >> 16 < 32 && options->classes & 1u << (device->class >> 16)))
		return false;
	return !options->has_selector || selector_names(&options->selector, device);
}

/* A group is shown whole, without its bridges unless nothing is filtered. */
static void show_with_group(struct listing *listing, const struct device *device)
{
	const struct list_options *options = listing->options;
	bool all = !options->classes && !options->has_selector;

	for_each(row, &listing->rows)
		if (row->device == device || (device->group && text_same(row->device->group, device->group) &&
					      (all || !device_is_bridge(row->device))))
			row->shown = true;
}

/* With a display comes what is on its card, in whatever groups. */
void listing_choose(struct listing *listing)
{
	for_each(row, &listing->rows) {
		struct devices companions = { 0 };

		if (!is_wanted(listing->options, row->device))
			continue;
		show_with_group(listing, row->device);
		companions = card_companions(&listing->rehearsal.now, row->device);
		for_each(companion, &companions)
			show_with_group(listing, *companion);
	}
}

size_t listing_shown(const struct listing *listing)
{
	size_t count = 0;

	for_each(row, &listing->rows)
		count += row->shown;
	return count;
}
