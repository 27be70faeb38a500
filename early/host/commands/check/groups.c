/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of the groups: what the next boot takes or refuses, and what the host loses by it. */
#include "checks.h"

#include "../../machine/names.h"
#include "../../uses/claims.h"
#include "../../../core/device.h"
#include "../../../core/refusal.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

static const char *group_name(const struct group *group)
{
	return group->id ? text_of("group %s", group->id) : "what has no group";
}

static const char *members_with(const struct group *group, enum role role)
{
	struct strings names = { 0 };

	for_each(member, &group->members)
		if (member->role == role && !device_is_bridge(member->device))
			strings_add(&names, address_shown(member->device->name));
	return strings_join(&names, ", ");
}

static void check_refusal(struct checking *checking, const struct group *group, enum refusal refusal)
{
	const struct iommu *iommu = &checking->rehearsal.boot.decision.iommu;
	struct strings because = { 0 }, remedies = { 0 };

	for_each(reason, &group->reasons) {
		const char *remedy = reason->remedy == iommu->remedy ? checking->rehearsal.no_iommu.remedy : reason->remedy;

		if (reason->refusal != refusal)
			continue;
		strings_add_once(&because, reason->because);
		if (remedy)
			strings_add_once(&remedies, remedy);
	}
	findings_add(&checking->findings, LEVEL_FAIL, refusal_name(refusal), strings_join(&remedies, "; "),
		     "%s is not taken, because of %s", group_name(group), strings_join(&because, ", "));
}

/* Of what the group is refused for, each by itself: a reader looks for the name. */
static void check_refused(struct checking *checking, const struct group *group)
{
	unsigned refusal;

	for (refusal = 1; refusal <= group->refusals; refusal <<= 1)
		if (group->refusals & refusal)
			check_refusal(checking, group, refusal);
}

static void check_taken(struct checking *checking, const struct group *group)
{
	const char *left = members_with(group, ROLE_LEAVE), *kept = members_with(group, ROLE_LEAVE_DRIVERLESS);
	struct text text = { 0 };

	text_print(&text, "takes %s", members_with(group, ROLE_TAKE));
	if (left)
		text_print(&text, "; leaves %s", left);
	if (kept)
		text_print(&text, "; keeps %s without a driver", kept);
	if (group->result == GROUP_UNCHECKED)
		findings_add(&checking->findings, LEVEL_WARN, group_name(group), NULL,
			     "%s; nothing is said of the rest of its group", text.bytes);
	else
		findings_add(&checking->findings, LEVEL_PASS, group_name(group), NULL, "%s", text.bytes);
}

/* What the host has of a device now. */
static void check_use(struct checking *checking, const struct member *member)
{
	const char *used = uses_of(&checking->rehearsal.uses, member->device);

	if (used && text_begins(used, "unknown"))
		findings_add(&checking->findings, LEVEL_WARN, "in use", NULL, "the host may need %s: %s",
			     device_shown(member->device), used);
	else if (used)
		findings_add(&checking->findings, LEVEL_WARN, "in use", NULL, "the host loses %s: %s",
			     device_shown(member->device), used);
}

/* Which drivers of the host have to wait. */
static void check_race(struct checking *checking, const struct member *member)
{
	const struct device *device = member->device;
	const char *claims = claims_on(checking->machine, device);

	if (device->driver && strcmp(device->driver, member->driver))
		findings_add(&checking->findings, LEVEL_WARN, "driver", NULL,
			     "%s: the built-in driver %s has it before any initramfs; it is taken away from it",
			     address_shown(device->name), device->driver);
	else if (claims)
		findings_add(&checking->findings, LEVEL_PASS, "driver", NULL, "%s: %s would claim it, and comes too late",
			     address_shown(device->name), claims);
}

static bool has_driver(const struct checking *checking, const struct device *device)
{
	return device->driver || claims_on(checking->machine, device);
}

/* The console's display is taken: where to plug the screen in. */
static void check_console(struct checking *checking, const struct use *console)
{
	struct strings left = { 0 };
	bool visible = false;

	for_each(device, &checking->rehearsal.now)
		if (device_is_display(*device) && !rehearsal_takes(&checking->rehearsal, *device)) {
			strings_add(&left, device_shown(*device));
			visible |= has_driver(checking, *device);
		}
	if (!left.count)
		findings_add(&checking->findings, LEVEL_WARN, "display", "have a way in over the network",
			     "%s has the boot console and is taken: there is no other display",
			     address_shown(console->device));
	else if (!visible && checking->rehearsal.uses.passphrase == PASSPHRASE_TYPED)
		findings_add(&checking->findings, LEVEL_FAIL, "display", "install the driver of the display that is left",
			     "the disk needs a passphrase, and no driver is there for %s", strings_join(&left, ", "));
	else
		findings_add(&checking->findings, LEVEL_WARN, "display",
			     text_of("plug the screen into %s", strings_join(&left, " or ")),
			     "%s has the boot console and is taken", address_shown(console->device));
}

static void check_displays(struct checking *checking)
{
	for_each(use, &checking->rehearsal.uses) {
		const struct device *device = use->kind == USE_CONSOLE ? rehearsal_now(&checking->rehearsal, use->device) : NULL;

		if (!device)
			continue;
		if (rehearsal_takes(&checking->rehearsal, device))
			check_console(checking, use);
		else
			findings_add(&checking->findings, LEVEL_PASS, "display", NULL, "%s stays: it has the boot console",
				     device_shown(device));
	}
}

/* What the decision itself warns of, in the words of the log; check_host() knows more of interrupts. */
static void check_warnings(struct checking *checking)
{
	for_each(warning, &checking->rehearsal.boot.decision.warnings)
		if (!text_begins(*warning, "no interrupt remapping"))
			findings_add(&checking->findings, LEVEL_WARN, "boot", NULL, "%s", *warning);
}

void check_groups(struct checking *checking)
{
	for_each(group, &checking->rehearsal.boot.decision.groups) {
		if (group->refusals) {
			check_refused(checking, group);
			continue;
		}
		check_taken(checking, group);
		for_each(member, &group->members)
			if (member->role == ROLE_TAKE) {
				check_use(checking, member);
				check_race(checking, member);
			}
	}
	check_displays(checking);
	check_warnings(checking);
}
