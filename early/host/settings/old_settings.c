/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings of other tools that give devices away, from all places, in the order in which they count. */
#include "old_settings/parts.h"

#include "../../core/request.h"

#include <string.h>

void old_settings_find(const struct machine *machine, struct old_settings *settings)
{
	struct last last = { 0 };

	*settings = (struct old_settings) { 0 };
	find_in_modprobe(machine, settings, &last);
	find_in_cmdline(machine, settings, &last);
	find_in_driverctl(machine, settings);
	find_in_unraid(machine, settings);
}

bool old_selector_parse(const char *text, struct selector *selector)
{
	struct config config = { 0 };

	request_parse(&config, (struct where) { 0 }, text, strlen(text), " ");
	if (config.requests.count != 1)
		return false;
	*selector = config.requests.items[0].what;
	return true;
}
