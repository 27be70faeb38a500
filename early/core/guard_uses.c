/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 3, the part that looks at what the image says of the host: its disks, networks and keyboards. */
#include "guard.h"

#include "address.h"
#include "refusal.h"
#include "stages.h"
#include "text.h"

#include <string.h>

#define CLASS_STORAGE 0x01
#define CLASS_NETWORK 0x02

/* Whether the host loses the device together with this group. */
static bool is_lost(const struct member *member)
{
	return member->role == ROLE_TAKE || member->role == ROLE_BELOW_CONTROLLER;
}

/* Whether a device is what a record of the image is about, or may be it. */
static bool is_used(const struct host_use *use, const struct device *device, struct inventory *inventory)
{
	struct selector slot = { .place = PLACE_SLOT, .has_id = true, .id = use->place.id };
	struct devices there;

	if (use->unknown)
		return device->class >> 16 == (use->reason == REFUSE_BOOT_DISK ? CLASS_STORAGE : CLASS_NETWORK);
	if (!use->name || !id_matches(&use->place.id, &device->id))
		return false;
	there = select_now(&use->place, inventory);
	for_each(item, &there)
		if (*item == device)
			return true;
	if (!strcmp(use->name, device->name))
		return true;
	/* neither its path nor its address has it any longer: any of its kind may be it */
	return !there.count && address_of_name(use->name, &slot.address) && !select_now(&slot, inventory).count;
}

static void refuse_use(struct group *group, const struct host_use *use, const struct device *device)
{
	if (group->allow & use->reason)
		return;
	refuse(group, use->reason, device->name,
	       text_of("the host needs %s%s%s: take another device, or %s", device->name, use->detail ? " for " : "",
		       use->detail ? use->detail : "", how_to_allow(group->first, use->reason)));
}

void guard_uses(struct group *group, struct inventory *inventory, const struct manifest *manifest)
{
	for_each(use, &manifest->uses)
		for_each(member, &group->members)
			if (use->reason != REFUSE_LAST_INPUT && (use->reason != REFUSE_IN_USE || !member->selected) &&
			    is_lost(member) && is_used(use, member->device, inventory))
				refuse_use(group, use, member->device);
}

/* The member of a group that carries what a record is about, or NULL. */
static const struct device *carrier_in(const struct group *group, const struct host_use *use, struct inventory *inventory)
{
	for_each(member, &group->members)
		if (is_lost(member) && is_used(use, member->device, inventory))
			return member->device;
	return NULL;
}

void guard_input(struct decision *decision, struct inventory *inventory, const struct manifest *manifest)
{
	for_each(group, &decision->groups) {
		size_t left = 0;

		for_each(use, &manifest->uses) {
			bool gone = use->reason != REFUSE_LAST_INPUT || carrier_in(group, use, inventory);

			for (struct group *earlier = decision->groups.items; earlier < group && !gone; earlier++)
				gone = !earlier->refusals && carrier_in(earlier, use, inventory);
			left += !gone;
		}
		if (left || group->settled)
			continue;
		for_each(use, &manifest->uses) {
			const struct device *device = carrier_in(group, use, inventory);

			if (use->reason == REFUSE_LAST_INPUT && device)
				refuse_use(group, use, device);
		}
	}
}
