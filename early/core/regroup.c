/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 2 once more, after a pass: from groups that were late to those that the kernel has made meanwhile. */
#include "stages.h"

#include "groups.h"
#include "inventory.h"
#include "text.h"

/* The group that a member of a late one is in, made if it is a named device; NULL: none that matters. */
static struct group *group_now(struct decision *decision, const struct group *late, const struct member *member)
{
	struct group *group = group_find(decision, member->device->group);

	if (member->device->holds)
		for_each(other, &decision->groups)
			for_each(holder, &other->members)
				if (text_same(holder->device->name, member->device->holds))
					group = other;
	if (!group && member->selected) {
		group = group_add(decision, member->device->group, member->selected->first);
		group->allow = late->allow;
		group->whole = late->whole;
	}
	if (group)
		group->settled = group->given_up = false;
	return group;
}

/* Named devices first: they make the groups that the others may be in. */
static void dissolve(struct decision *decision, size_t index, struct inventory *inventory)
{
	struct group late = decision->groups.items[index], left = { .result = GROUP_DISSOLVED };
	bool named = false;

	decision->groups.items[index].members.count = 0;
	do {
		named = !named;
		for_each(member, &late.members) {
			struct group *group;

			if (named != (member->selected != NULL))
				continue;
			if (member->device->is_pci)
				member->device->group = inventory_group_now(inventory, member->device);
			group = group_now(decision, &late, member);
			if (!group) {
				member->role = ROLE_LEAVE;
				member->result = RESULT_LEFT;
				group = &left;
			}
			*list_add(&group->members) = *member;
		}
	} while (named);
	decision->groups.items[index] = left;
}

bool regroup_devices(struct decision *decision, struct inventory *inventory, const struct manifest *manifest)
{
	size_t i, count = decision->groups.count;
	bool any = false;

	for_each(group, &decision->groups)
		group->settled = true;
	for (i = 0; i < count; i++)
		if (decision->groups.items[i].late && decision->groups.items[i].result == GROUP_UNCHECKED) {
			dissolve(decision, i, inventory);
			any = true;
		}
	for_each(group, &decision->groups)
		if (!group->settled && group->result != GROUP_DISSOLVED)
			group_complete(group, inventory);
	if (any)
		guard_groups(decision, inventory, manifest);
	return any;
}
