/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Old settings of Unraid: BIND=0000:01:00.0|10de:1b80 0000:01:00.1|10de:10f0 */
#include "parts.h"

#include "../../../core/root.h"
#include "../../../core/selector.h"
#include "../../../core/text.h"

#include <string.h>

#define UNRAID "boot/config/vfio-pci.cfg"
#define BLANKS " \t\"'"

/* An address with the ID that is to be there, or the address alone. */
static void add_item(struct old_setting *setting, const char *item, size_t length)
{
	const char *bar = memchr(item, '|', length);
	size_t address_length = bar ? (size_t)(bar - item) : length;
	struct selector address, id;

	if (!bar)
		setting_add_device(setting, item, length);
	else if (selector_parse(item, address_length, &address) && !address.has_id &&
		 selector_parse(bar + 1, length - address_length - 1, &id) && id.place == PLACE_ANY)
		setting_add_device(setting, text_of("%s %s", keep_bytes(item, address_length), bar + 1), length);
	else
		strings_add(&setting->unclear, text_shown(item, length));
}

void find_in_unraid(const struct machine *machine, struct old_settings *settings)
{
	const char *text = settings_read_file(machine, UNRAID, settings), *line;
	unsigned number = 0;

	while ((line = settings_line(&text, &number))) {
		struct old_setting *setting;
		const char *item;

		if (!text_begins(line, "BIND="))
			continue;
		item = line + strlen("BIND=");
		setting = setting_add(settings, OLD_DEVICES, text_of("/" UNRAID ":%u", number), line,
				      text_of("remove line %u of /" UNRAID, number));
		while (*(item += strspn(item, BLANKS))) {
			add_item(setting, item, strcspn(item, BLANKS));
			item += strcspn(item, BLANKS);
		}
	}
}
