/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Old settings in the lists of modules that are loaded early, or that go into an image. */
#include "parts.h"

#include "../../machine/path.h"
#include "../../../core/cmdline.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <ctype.h>
#include <string.h>

static void read_list(const struct machine *machine, const char *path, struct old_settings *settings);
static void read_assignments(const struct machine *machine, const char *path, struct old_settings *settings);

static const struct list_place {
	const char *path;
	const char *ending;		/* of the files in that directory; NULL: it is a file */
	void (*read)(const struct machine *machine, const char *path, struct old_settings *settings);
} places[] = {
	{ "etc/initramfs-tools/modules", NULL, read_list },
	{ "usr/share/initramfs-tools/modules.d", "", read_list },
	{ "etc/modules", NULL, read_list },
	{ "etc/modules-load.d", ".conf", read_list },
	{ "etc/mkinitcpio.conf", NULL, read_assignments },
	{ "etc/mkinitcpio.conf.d", ".conf", read_assignments },
	{ "etc/dracut.conf", NULL, read_assignments },
	{ "etc/dracut.conf.d", ".conf", read_assignments },
};

/* A line each: MODULE [OPTION...] */
static void read_line(const char *path, unsigned number, const char *line, struct old_settings *settings)
{
	struct cmdline words = cmdline_parse(line, strlen(line));
	const char *at = text_of("/%s:%u", path, number), *removal = text_of("remove line %u of /%s", number, path);
	struct old_setting *setting = NULL;
	size_t i;

	if (!words.count)
		return;
	for (i = 0; i < GIVER_COUNT; i++)
		for_each(word, &words)
			if (is_named(words.items[0].name, givers[i].module) && word->value &&
			    !strcmp(word->name, givers[i].option)) {
				setting = setting_add(settings, OLD_DEVICES, at, line, removal);
				setting->too_late = is_named(givers[i].module, "vfio-pci");
				setting_add_value(setting, i, word, &words);
			}
	if (!setting && is_named(words.items[0].name, "vfio-pci"))
		setting_add(settings, OLD_ORDER, at, line, removal);
}

static void read_list(const struct machine *machine, const char *path, struct old_settings *settings)
{
	const char *text = settings_read_file(machine, path, settings), *line;
	unsigned number = 0;

	while ((line = settings_line(&text, &number)))
		if (!strchr("#;", *line))
			read_line(path, number, line, settings);
}

/* Of the shell's NAME=VALUE: the name, and the words of the value, which may have lines in it. */
static const char *read_assignment(const char *text, const char **name, struct strings *words)
{
	static const char opening[] = "(\"'", closing[] = ")\"'", between[] = " \t\r\n()\"'";
	size_t length = 0;
	const char *end, *open;

	while (isalnum((unsigned char)text[length]) || text[length] == '_')
		length++;
	*name = keep_bytes(text, length);
	text += length + (text[length] == '+');
	if (!length || *text != '=')
		return text;
	open = text[1] ? strchr(opening, text[1]) : NULL;
	end = open ? strchr(text + 2, closing[open - opening]) : NULL;
	if (!end)
		end = text + strcspn(text, "\n");
	for (text++; text += strspn(text, between), text < end; text += strcspn(text, between))
		strings_add(words, keep_bytes(text, strcspn(text, between)));
	return end;
}

/* MODULES, force_drivers: modules; FILES, install_items: also scripts. */
static void read_assignments(const struct machine *machine, const char *path, struct old_settings *settings)
{
	const char *text = settings_read_file(machine, path, settings);
	unsigned number = 1;

	while (text && *text) {
		struct strings words = { 0 };
		const char *name, *end = read_assignment(text, &name, &words);

		for_each(word, &words) {
			if (is_named(*word, "vfio-pci"))
				setting_add(settings, OLD_ORDER, text_of("/%s:%u", path, number),
					    text_of("%s=%s", name, strings_join(&words, " ")),
					    text_of("take %s out of line %u of /%s", *word, number, path));
			else if (**word == '/')
				find_in_script(machine, *word + 1, false, settings);
		}
		end += strcspn(end, "\n");
		end += *end == '\n';
		for (; text < end; text++)
			number += *text == '\n';
	}
}

void find_in_module_lists(const struct machine *machine, struct old_settings *settings)
{
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct strings names = { 0 };

		if (!places[i].ending)
			places[i].read(machine, places[i].path, settings);
		else
			root_list(machine->fd, places[i].path, &names);
		for_each(name, &names)
			if (name_ends(*name, places[i].ending))
				places[i].read(machine, text_of("%s/%s", places[i].path, *name), settings);
	}
}
