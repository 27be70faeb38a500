/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings of other tools that give devices away, from all places, in the order in which they count. */
#include "old_settings/parts.h"

void old_settings_find(const struct machine *machine, struct old_settings *settings)
{
	struct last last = { 0 };

	*settings = (struct old_settings) { 0 };
	find_in_modprobe(machine, settings, &last);
	find_in_cmdline(machine, settings, &last);
	find_in_module_lists(machine, settings);
	find_in_scripts(machine, settings);
	find_in_driverctl(machine, settings);
	find_in_dpdk(machine, settings);
	find_in_unraid(machine, settings);
	find_in_guests(machine, settings);
}
