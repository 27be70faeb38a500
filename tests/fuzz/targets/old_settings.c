/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The input is a tree with the settings of other tools: modprobe.d, driverctl, Unraid, the command line. */
#include "../fuzz.h"

#include "../../../early/core/selector.h"
#include "../../../early/core/text.h"
#include "../../../early/host/settings/old_settings.h"

#include <assert.h>
#include <string.h>

/* "import" writes these as lines of a configuration. */
static void check_line(const char *line)
{
	struct selector selector;
	size_t length = strcspn(line, " ");

	assert(selector_parse(line, length, &selector));
	if (line[length])
		assert(selector_parse(line + length + 1, strlen(line + length + 1), &selector));
}

static void check_shown(const char *text)
{
	for (; *text; text++)
		assert(*text >= ' ' && *text < 0x7f);
}

void one_input(const char *bytes, size_t length)
{
	struct machine machine = { .root = "/", .fd = TREE, .config_fd = TREE };
	struct device gpu = { .name = "0000:01:00.0", .is_pci = true }, *item = &gpu;
	struct devices devices = { .items = &item, .count = 1 };
	struct old_settings settings;

	tree_link("sys/bus/pci/devices/0000:01:00.0/driver/module", "../../../../module/nouveau");
	tree_plant(bytes, length);
	old_settings_find(&machine, &settings);
	old_settings_find_blacklists(&machine, &devices, &settings);
	for_each(setting, &settings.list) {
		for_each(device, &setting->devices) {
			check_shown(device->text);
			if (device->line)
				check_line(device->line);
		}
		check_shown(setting->at);
		check_shown(setting->text);
		if (setting->how_to_remove)
			check_shown(setting->how_to_remove);
		for_each(text, &setting->unclear)
			check_shown(*text);
	}
}
