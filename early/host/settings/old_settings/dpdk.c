/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Old settings of Debian's dpdk.service: a line each, BUS ADDRESS DRIVER. */
#include "parts.h"

#include "../../../core/cmdline.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

#define INTERFACES "etc/dpdk/interfaces"

static void read_line(unsigned number, const char *line, struct old_settings *settings)
{
	struct cmdline words = cmdline_parse(line, strlen(line));
	struct old_setting *setting;

	if (words.count < 3 || strcmp(words.items[0].name, "pci"))
		return;
	setting = setting_add(settings, OLD_DEVICES, text_of("/" INTERFACES ":%u", number), line,
			      text_of("remove line %u of /" INTERFACES, number));
	if (is_named(words.items[2].name, "vfio-pci"))
		setting_add_device(setting, words.items[1].name, strlen(words.items[1].name));
	else
		strings_add(&setting->unclear, text_of("%s is no driver of VFIO", printable(words.items[2].name)));
}

void find_in_dpdk(const struct machine *machine, struct old_settings *settings)
{
	const char *text = settings_read_file(machine, INTERFACES, settings), *line;
	unsigned number = 0;

	while ((line = settings_line(&text, &number)))
		read_line(number, keep_bytes(line, strcspn(line, "#")), settings);
}
