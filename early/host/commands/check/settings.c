/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of what other tools were told: what disagrees with the configuration, and what it makes superfluous. */
#include "checks.h"

#include "../../machine/match.h"
#include "../../machine/names.h"
#include "../../settings/old_settings.h"
#include "../../../core/text.h"

#include <string.h>

/* By a line of ours, not by what was read from the settings of others. */
static bool is_named_by_us(const struct checking *checking, const struct device *device)
{
	for_each(selected, &checking->rehearsal.boot.decision.selection.devices) {
		const struct where *at = &selected->first->at;

		if (!strcmp(selected->device->name, device->name) &&
		    (is_argument(at) || !strcmp(at->source, "cmdline") || text_begins(at->source, "/etc/vfio-early.conf")))
			return true;
	}
	return false;
}

static bool takes(const struct group *group, const struct device *device)
{
	for_each(member, &group->members)
		if (member->role == ROLE_TAKE && !strcmp(member->device->name, device->name))
			return true;
	return false;
}

/* Named by a line of ours, or in the group of what is. */
static bool is_configured(const struct checking *checking, const struct device *device)
{
	if (is_named_by_us(checking, device))
		return true;
	for_each(group, &checking->rehearsal.boot.decision.groups) {
		if (!takes(group, device))
			continue;
		for_each(member, &group->members)
			if (member->selected && is_named_by_us(checking, member->device))
				return true;
	}
	return false;
}

/* Of what the setting names that which the configuration names, or does not: "01:00.0, 02:00.0", or NULL. */
static const char *names_of(const struct checking *checking, const struct old_setting *setting, bool configured)
{
	struct text names = { 0 };

	for_each(device, &checking->rehearsal.now) {
		bool named = false;

		for_each(old, &setting->devices)
			named |= selector_names(&old->what, *device);
		if (named && is_configured(checking, *device) == configured)
			text_print(&names, "%s%s", names.length ? ", " : "", address_shown((*device)->name));
	}
	return names.bytes;
}

/* vfio-pci is loaded by the boot program, before the boot comes to this setting. */
static bool comes_too_late(const struct checking *checking, const struct old_setting *setting)
{
	return setting->too_late && checking->rehearsal.boot.config.requests.count;
}

static void check_devices(struct checking *checking, const struct old_setting *setting)
{
	const char *besides = names_of(checking, setting, false);

	if (besides)
		findings_add(&checking->findings, LEVEL_WARN, "old setting",
			     text_of("%s, or translate it: vfio-early import", setting->how_to_remove),
			     "%s: %s takes %s, which the configuration does not name%s", setting->at, setting->text, besides,
			     !comes_too_late(checking, setting) ? "" :
			     "; it works no more, since vfio-early loads vfio-pci before that is read");
	for_each(part, &setting->unclear)
		findings_add(&checking->findings, LEVEL_WARN, "old setting", "name its devices yourself: vfio-early list",
			     "%s: cannot be read: %s", setting->at, *part);
	if (!besides && !setting->unclear.count)
		findings_add(&checking->findings, LEVEL_WARN, "old setting", setting->how_to_remove,
			     "%s: %s is no longer needed", setting->at, setting->text);
}

static void check_setting(struct checking *checking, const struct old_setting *setting)
{
	const char *given_back = names_of(checking, setting, true);

	switch (setting->kind) {
	case OLD_DEVICES:
		check_devices(checking, setting);
		break;
	case OLD_ORDER:
	case OLD_BLACKLIST:
		findings_add(&checking->findings, LEVEL_WARN, "old setting", setting->how_to_remove,
			     "%s: %s is no longer needed", setting->at, setting->text);
		break;
	case OLD_GUEST_AND_BACK:
		if (given_back)
			findings_add(&checking->findings, LEVEL_WARN, "guest", "set managed='no' there: virsh edit",
				     "%s: libvirt gives %s back to the host when the guest stops", setting->at, given_back);
		break;
	case OLD_GUEST:
		break;			/* finds its devices on vfio-pci, and leaves them there */
	}
}

void check_settings(struct checking *checking)
{
	struct old_settings old = { 0 };
	struct devices wanted = { 0 };

	for_each(selected, &checking->rehearsal.boot.decision.selection.devices)
		*list_add(&wanted) = selected->device;
	old_settings_find(checking->machine, &old);
	old_settings_find_blacklists(checking->machine, &wanted, &old);
	for_each(setting, &old.list)
		check_setting(checking, setting);
}
