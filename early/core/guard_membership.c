/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 3, the part that asks whether a group shows all that belongs to it. */
#include "guard.h"

#include "inventory.h"
#include "refusal.h"
#include "root.h"
#include "text.h"
#include "topology.h"

static bool share_a_group(const struct devices *functions)
{
	for_each(item, functions)
		if (!(*item)->group || !text_same((*item)->group, functions->items[0]->group))
			return false;
	return true;
}

/* What is behind one conventional bridge reaches the same memory, whatever the groups say (see topology.h). */
static void guard_stream(struct group *group, const struct device *device, struct boot *boot)
{
	const struct device *bridge = conventional_bridge_of(&boot->inventory, device);
	struct devices functions = { 0 };

	if (bridge)
		functions = functions_behind(&boot->inventory, bridge);
	if (functions.count < 2)
		return;
	if (share_a_group(&functions)) {
		if (boot->decision.iommu.groups_at_probe)
			strings_add_once(&boot->decision.warnings,
					 text_of("whether what is behind %s shares a group is known only in the boot",
						 bridge->name));
		return;
	}
	for_each(item, &functions)
		if (*item != device)
			refuse(group, REFUSE_SHARED_STREAM, (*item)->name,
			       text_of("%s and %s cannot be told apart behind the conventional bridge %s: "
				       "put the device into a PCI Express slot", device->name, (*item)->name, bridge->name));
}

/* A function whose group could not be found out may belong to this one. */
static void guard_neighbour(struct group *group, const struct device *neighbour, struct boot *boot)
{
	if (neighbour->unprobed)
		refuse(group, REFUSE_NOT_VIABLE, neighbour->name,
		       text_of("whether %s belongs to the group is not known: look for it in the kernel log", neighbour->name));
	else if (boot->decision.iommu.groups_at_probe && !neighbour->driver && group->id)
		strings_add_once(&boot->decision.warnings,
				 text_of("whether %s is in group %s is known only in the boot", neighbour->name, group->id));
}

void guard_membership(struct group *group, struct boot *boot)
{
	if (boot->decision.iommu.groups_at_enumeration || boot->decision.iommu.state != IOMMU_ON)
		return;
	for_each(member, &group->members) {
		struct devices neighbours = { 0 };

		if (member->role == ROLE_TAKE)
			guard_stream(group, member->device, boot);
		if (group->whole)
			neighbours = groupless_neighbours(&boot->inventory, member->device);
		for_each(neighbour, &neighbours)
			guard_neighbour(group, *neighbour, boot);
		if (!group->id && boot->decision.iommu.groups_at_probe)
			strings_add_once(&boot->decision.warnings,
					 text_of("the group of %s is known only in the boot", member->device->name));
	}
}
