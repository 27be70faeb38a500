/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The input is a machine, as a tree, and how each step goes there (the file "outcomes"): what becomes of the groups. */
#include "../fuzz.h"

#include "../../../early/boot/carry_out.h"
#include "../../../early/boot/discover.h"
#include "../../../early/core/decide.h"
#include "../../../early/core/device.h"
#include "../../../early/core/inventory.h"
#include "../../../early/core/report.h"
#include "../../../early/core/root.h"
#include "../../../early/core/text.h"

#include <assert.h>
#include <string.h>

/* No kernel has a device twice, in two groups or under another name: what becomes of it there is not asked. */
static bool is_odd(const struct decision *decision, const struct member *member)
{
	const char *name = member->device->name, *slash = member->device->real ? strrchr(member->device->real, '/') : NULL;

	for_each(group, &decision->groups)
		for_each(other, &group->members)
			if (other != member && !strcmp(other->device->name, name))
				return true;
	return slash && strcmp(slash + 1, name);
}

/* An override as it was found. */
static void check_override(const struct member *member)
{
	const char *now = root_attribute(TREE, text_of("sys/bus/pci/devices/%s/driver_override", member->device->name));
	const char *before = member->device->override;
	bool kept = member->selected && member->selected->else_none && !member->before;

	if (now && (!*now || !strcmp(now, "(null)")))
		now = NULL;
	if (before && !*before)		/* no kernel shows that, and writing it is clearing it */
		before = NULL;
	assert(text_same(now, kept ? "none" : before));
}

/* All of a group is bound, or none is but what cannot be had back, and that is said. */
static void check_member(const struct inventory *inventory, const struct group *group, const struct member *member)
{
	const char *now = device_driver_now(inventory->root, member->device);
	bool viable = group->result == GROUP_VIABLE || group->result == GROUP_UNCHECKED;

	assert(member->result != RESULT_PLANNED);
	if (member->role != ROLE_TAKE)
		return;
	if (viable)
		assert((member->result == RESULT_BOUND || member->result == RESULT_ALREADY) && text_same(now, member->driver));
	else
		assert(member->result != RESULT_BOUND);
	if (member->result != RESULT_RETURNED)
		return;
	assert(text_same(now, member->before));
	check_override(member);
}

void one_input(const char *bytes, size_t length)
{
	unsigned long microseconds = 1;
	struct boot boot;
	struct decision *decision = &boot.decision;
	const char *script;
	struct report said;

	tree_plant(bytes, length);
	script = root_attribute(TREE, "outcomes");
	script = script ? script : "";
	read_boot(TREE, &boot);
	if (boot.config.mode != MODE_BIND)
		return;
	steps_go(script);
	discover_groups(&boot);
	decide(&boot);
	carry_out(&boot);
	for_each(group, &decision->groups)
		for_each(member, &group->members)
			if (is_odd(decision, member))
				return;
	for_each(group, &decision->groups)
		for_each(member, &group->members)
			check_member(&boot.inventory, group, member);
	said = report(&boot, &microseconds);
	check_log(said.text.bytes, said.text.length);
}
