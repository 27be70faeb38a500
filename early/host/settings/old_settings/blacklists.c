/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Old settings that keep a driver off all devices: blacklists in modprobe.d and on the kernel command line. */
#include "parts.h"

#include "../../machine/modprobe_d.h"
#include "../../machine/path.h"
#include "../../uses/claims.h"
#include "../../../core/cmdline.h"
#include "../../../core/decide.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

/* What would claim the devices if nothing kept it off, and what has them now. */
static struct strings drivers_of(const struct machine *machine, const struct devices *devices)
{
	struct strings modules = claims_without_blacklists(machine, devices);

	for_each(device, devices) {
		const char *module = root_link_name(machine->fd, text_of("sys/bus/pci/devices/%s/driver/module",
									 (*device)->name));

		if (module)
			strings_add_once(&modules, module);
	}
	return modules;
}

static bool is_in(const struct strings *modules, const char *name)
{
	for_each(module, modules)
		if (is_named(name, *module))
			return true;
	return false;
}

/* blacklist MODULE, or install MODULE with a command that does nothing */
static bool keeps_off(const struct modprobe_line *line)
{
	const struct kernel_word *words = line->words.items;

	return !strcmp(words[0].name, "blacklist") ||
	       (!strcmp(words[0].name, "install") && line->words.count == 3 &&
		(name_ends(words[2].name, "bin/false") || name_ends(words[2].name, "bin/true")));
}

static void find_lines(const struct machine *machine, const struct strings *modules, struct old_settings *settings)
{
	struct modprobe_files files = modprobe_files(machine);

	for_each(file, &files) {
		struct modprobe_lines lines = { 0 };

		if (file->is_of_people)
			modprobe_lines(machine, file->path, &lines);
		for_each(line, &lines)
			if (keeps_off(line) && is_in(modules, line->words.items[1].name))
				setting_add(settings, OLD_BLACKLIST, modprobe_place(file->path, line), line->text,
					    text_of("remove line %u of /%s", line->number, file->path));
	}
}

static void find_words(const struct machine *machine, const struct strings *modules, struct old_settings *settings)
{
	struct cmdline words = read_cmdline(machine->fd, &(struct errors) { 0 });

	for_each(word, &words) {
		if (!word->value || word->for_init ||
		    (!is_named(word->name, "modprobe.blacklist") && !is_named(word->name, "module_blacklist")))
			continue;
		for_each(module, modules)
			if (list_has(word->value, *module))
				setting_add(settings, OLD_BLACKLIST, CMDLINE_PLACE, text_of("%s=%s", word->name, word->value),
					    text_of("take %s out of %s= on the kernel command line", *module, word->name));
	}
}

void old_settings_find_blacklists(const struct machine *machine, const struct devices *devices,
				  struct old_settings *settings)
{
	struct strings modules = drivers_of(machine, devices);

	find_lines(machine, &modules, settings);
	find_words(machine, &modules, settings);
}
