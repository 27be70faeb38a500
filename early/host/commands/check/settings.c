/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of what other tools were told: what disagrees with the configuration, and what it makes superfluous. */
#include "checks.h"

#include "../../machine/match.h"
#include "../../machine/names.h"
#include "../../settings/old_settings.h"
#include "../../../core/text.h"

#include <string.h>

/* By a line of ours, not by what was read from the settings of others. */
static bool has_line_of_ours(const struct checking *checking, const struct device *device)
{
	for_each(selected, &checking->rehearsal.boot.decision.selection.devices) {
		const struct where *at = &selected->first->at;

		if (!strcmp(selected->device->name, device->name) &&
		    (is_argument(at) || !strcmp(at->source, "cmdline") || text_begins(at->source, "/etc/vfio-early.conf")))
			return true;
	}
	return false;
}

/* What the setting names and the configuration does not: "01:00.0, 02:00.0", or NULL. */
static const char *names_besides(const struct checking *checking, const struct old_setting *setting)
{
	struct text names = { 0 };

	for_each(device, &checking->rehearsal.now) {
		bool named = false;

		for_each(word, &setting->selectors) {
			struct selector selector;

			named |= old_selector_parse(*word, &selector) && selector_names(&selector, *device);
		}
		if (named && !has_line_of_ours(checking, *device))
			text_print(&names, "%s%s", names.length ? ", " : "", address_shown((*device)->name));
	}
	return names.bytes;
}

static void check_setting(struct checking *checking, const struct old_setting *setting)
{
	const char *besides = setting->kind == OLD_DEVICES ? names_besides(checking, setting) : NULL;

	if (besides)
		findings_add(&checking->findings, LEVEL_WARN, "old setting",
			     text_of("%s, or translate it: vfio-early import", setting->how_to_remove),
			     "%s: %s takes %s, which the configuration does not name", setting->at, setting->text, besides);
	else
		findings_add(&checking->findings, LEVEL_WARN, "old setting", setting->how_to_remove,
			     "%s: %s is no longer needed", setting->at, setting->text);
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
