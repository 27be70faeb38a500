/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 3, the part that looks at what the image says of the host: its disks, networks and keyboards. */
#include "guard.h"

#include "address.h"
#include "device.h"
#include "refusal.h"
#include "root.h"
#include "stages.h"
#include "text.h"

#include <string.h>

#define CLASS_STORAGE 0x01		/* base classes */
#define CLASS_NETWORK 0x02
#define CLASS_SD_HOST 0x0805
#define CLASS_USB 0x0c03
#define CLASS_FIBRE_CHANNEL 0x0c04
#define CLASS_INFINIBAND 0x0c06

bool is_lost(const struct member *member)
{
	return member->role == ROLE_TAKE || member->role == ROLE_BELOW_CONTROLLER;
}

/* Root file systems lie on disks; all else that a record can be unsure of comes over a network. */
bool may_serve(enum refusal reason, const struct device *device)
{
	unsigned class = device->class >> 8;

	if (reason != REFUSE_BOOT_DISK)
		return class >> 8 == CLASS_NETWORK || class == CLASS_INFINIBAND;
	return class >> 8 == CLASS_STORAGE || class == CLASS_SD_HOST || class == CLASS_USB || class == CLASS_FIBRE_CHANNEL;
}

/* A USB controller on the card of a display that is named is that of its own USB-C connector. */
static bool is_on_named_display(const struct device *device, const struct selection *selection)
{
	for_each(selected, &selection->devices) {
		const struct pci_address *display = &selected->device->address;

		if (device->class >> 8 == CLASS_USB && device_is_display(selected->device) &&
		    display->domain == device->address.domain && display->bus == device->address.bus &&
		    display->device == device->address.device)
			return true;
	}
	return false;
}

/* Whether a device is what a record of the image is about, or may be it. */
static bool is_used(const struct host_use *use, const struct device *device, struct inventory *inventory)
{
	struct selector address = { .place = PLACE_SLOT, .has_id = true, .id = use->place.id };
	struct devices there;

	if (use->unknown)
		return may_serve(use->reason, device);
	if (!use->name || !id_matches(&use->place.id, &device->id, device->class))
		return false;
	there = select_now(&use->place, inventory);
	for_each(item, &there)
		if (*item == device)
			return true;
	if (!strcmp(use->name, device->name))
		return true;
	/* neither its path nor its address has it any longer: any of its kind may be it */
	return !there.count && !(address_of_name(use->name, &address.address) && select_now(&address, inventory).count);
}

static void refuse_use(struct group *group, const struct host_use *use, const struct device *device)
{
	if (group->allow & use->reason)
		return;
	refuse(group, use->reason, device->name,
	       text_of("the host %s %s%s%s: take another device, or %s", use->unknown ? "may need" : "needs", device->name,
		       use->detail ? " for " : "", use->detail ? use->detail : "",
		       how_to_allow(group->first, use->reason)));
}

/* Whether a record speaks against taking a member: what is in use is refused only where nobody named it. */
static bool applies(const struct host_use *use, const struct member *member)
{
	return use->reason != REFUSE_LAST_INPUT && (use->reason != REFUSE_IN_USE || !member->selected) && is_lost(member);
}

void guard_uses(struct group *group, struct boot *boot)
{
	for_each(use, &boot->manifest.uses)
		for_each(member, &group->members) {
			if (!applies(use, member) || !is_used(use, member->device, &boot->inventory))
				continue;
			if (use->unknown && is_on_named_display(member->device, &boot->decision.selection))
				strings_add_once(&boot->decision.warnings,
						 text_of("%s is taken with its card, and whether the host needs it is not known",
							 member->device->name));
			else
				refuse_use(group, use, member->device);
		}
}

/* The member of a group that carries what a record is about, or NULL. */
static const struct device *carrier_in(const struct group *group, const struct host_use *use, struct inventory *inventory)
{
	for_each(member, &group->members)
		if (is_lost(member) && is_used(use, member->device, inventory))
			return member->device;
	return NULL;
}

void guard_input(struct boot *boot)
{
	const struct host_uses *uses = &boot->manifest.uses;
	struct decision *decision = &boot->decision;
	struct inventory *inventory = &boot->inventory;

	for_each(group, &decision->groups) {
		size_t left = 0;

		for_each(use, uses) {
			bool gone = use->reason != REFUSE_LAST_INPUT || carrier_in(group, use, inventory);

			for (struct group *earlier = decision->groups.items; earlier < group && !gone; earlier++)
				gone = !earlier->refusals && carrier_in(earlier, use, inventory);
			left += !gone;
		}
		if (left)
			continue;
		for_each(use, uses) {
			const struct device *device = carrier_in(group, use, inventory);

			if (use->reason == REFUSE_LAST_INPUT && device)
				refuse_use(group, use, device);
		}
	}
}
