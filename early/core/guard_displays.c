/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 3, the part that keeps a display for the host. */
#include "guard.h"

#include "device.h"
#include "inventory.h"
#include "refusal.h"
#include "stages.h"
#include "text.h"
#include "viability.h"

static bool is_hosts_display(const struct device *device)
{
	return device_is_display(device) && !driver_is_for_guests(device->driver);
}

bool takes_display(const struct member *member)
{
	return is_lost(member) && is_hosts_display(member->device);
}

/* Whether the host loses the display with one of the groups up to last: as a member it is taken, or goes with its controller. */
static bool is_lost_until(const struct decision *decision, const struct group *last, const struct device *device)
{
	for_each(group, &decision->groups) {
		if (group > last)
			break;
		if (group->refusals && group != last)
			continue;
		for_each(member, &group->members)
			if (member->device == device)
				return true;
	}
	return false;
}

static bool leaves_display(const struct decision *decision, const struct group *group, struct inventory *inventory)
{
	struct device *device;
	size_t i;

	for (i = 0; (device = inventory_nth(inventory, i)); i++)
		if (is_hosts_display(device) && !is_lost_until(decision, group, device))
			return true;
	return false;
}

/* Counted over everything that is taken: the group that would take the last one is refused. */
void guard_displays(struct boot *boot)
{
	struct decision *decision = &boot->decision;

	for_each(group, &decision->groups) {
		bool any = false;

		for_each(member, &group->members)
			any |= takes_display(member);
		if (!any || (group->allow & REFUSE_LAST_DISPLAY) ||
		    leaves_display(decision, group, &boot->inventory))
			continue;
		for_each(member, &group->members)
			if (takes_display(member))
				refuse(group, REFUSE_LAST_DISPLAY, member->device->name,
				       text_of("keep another display for the host, or %s",
					       how_to_allow(group->first, REFUSE_LAST_DISPLAY)));
	}
}
