/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Old settings in scripts: the addresses and IDs that stand in them as they
 * are, line by line. A script is never interpreted.
 */
#include "parts.h"

#include "../../../core/root.h"
#include "../../../core/selector.h"
#include "../../../core/text.h"

#include <ctype.h>
#include <string.h>

#define HEX "0123456789abcdefABCDEF"

/* Where people put what an image is to run before udev; a directory of these has the scripts of one stage. */
static const char *const directories[] = {
	"etc/initramfs-tools/scripts", "usr/share/initramfs-tools/scripts", "usr/lib/dracut/modules.d",
};

static bool is_part_of_word(char byte)
{
	return isalnum((unsigned char)byte) || byte == '_' || byte == '-';
}

/* "01:00.0" and "10de:1b80": a slot without function could be a time as well. */
static bool is_literal(const char *word, size_t length)
{
	struct selector selector;

	return selector_parse(word, length, &selector) && (selector.place == PLACE_SLOT || selector.place == PLACE_ANY);
}

/* "10de 1b80", as it is written into new_id */
static bool is_new_id(const char *line, const char *word)
{
	return strstr(line, "new_id") && strspn(word, HEX) == 4 && word[4] == ' ' && strspn(word + 5, HEX) == 4 &&
	       !is_part_of_word(word[9]);
}

static void add_literals(struct old_setting *setting, const char *line)
{
	const char *word = line;

	while (*word) {
		size_t length = strspn(word, HEX ":.");
		bool is_word = length && !is_part_of_word(word[length]) && (word == line || !is_part_of_word(word[-1]));

		if (is_word && is_new_id(line, word)) {
			setting_add_device(setting, text_of("%s:%s", keep_bytes(word, 4), keep_bytes(word + 5, 4)), 9);
			length = 9;
		} else if (is_word && is_literal(word, length)) {
			setting_add_device(setting, word, length);
		}
		word += length ? length : 1;
	}
}

bool setting_add_literals(struct old_settings *settings, const char *at, const char *line, const char *how_to_remove)
{
	struct old_setting found = { 0 };

	add_literals(&found, line);
	if (found.devices.count)
		setting_add(settings, OLD_DEVICES, at, line, how_to_remove)->devices = found.devices;
	return found.devices.count;
}

static bool is_about_vfio(const char *text)
{
	static const char *const words[] = { "driver_override", "new_id", "vfio-pci", "vfio_pci" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

static bool is_known(const struct old_settings *settings, const char *path)
{
	for_each(setting, &settings->list)
		if (text_begins(setting->at, text_of("/%s:", path)))
			return true;
	return false;
}

bool find_in_script(const struct machine *machine, const char *path, bool too_late, struct old_settings *settings)
{
	const char *text = settings_read_file(machine, path, settings);
	const char *removal = text_of("remove the script /%s", path), *at = text, *line;
	size_t before = settings->list.count;
	unsigned number = 0;

	if (!text || !text_begins(text, "#!") || is_known(settings, path))
		return true;
	/* DEVS=, as guides call the list, means other things elsewhere */
	if (!is_about_vfio(text) && !strstr(text, "DEVS="))
		return true;
	while ((line = settings_line(&at, &number))) {
		line += strspn(line, " \t");
		if (*line != '#' && setting_add_literals(settings, text_of("/%s:%u", path, number), line, removal))
			settings->list.items[settings->list.count - 1].too_late = too_late;
	}
	if (settings->list.count > before || !is_about_vfio(text))
		return true;
	strings_add(&setting_add(settings, OLD_DEVICES, text_of("/%s:1", path), "a script", removal)->unclear,
		    "it names no address and no ID");
	return false;
}

void find_in_scripts(const struct machine *machine, struct old_settings *settings)
{
	size_t i;

	for (i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		struct strings stages = { 0 };

		root_list(machine->fd, directories[i], &stages);
		for_each(stage, &stages) {
			const char *directory = text_of("%s/%s", directories[i], *stage);
			struct strings names = { 0 };

			root_list(machine->fd, directory, &names);
			for_each(name, &names)
				if (!strstr(directory, "vfio-early") && !strstr(*name, "vfio-early"))
					find_in_script(machine, text_of("%s/%s", directory, *name), false, settings);
		}
	}
}
