/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Old settings in modprobe.d: options of modules that are given devices, and who has to be loaded first. */
#include "parts.h"

#include "../../machine/modprobe_d.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

static const char *remove_line(const char *path, const struct modprobe_line *line)
{
	return text_of("remove line %u of /%s", line->number, path);
}

/* options MODULE OPTION=VALUE... */
static void read_options(struct old_settings *settings, struct last *last, const char *path,
			 const struct modprobe_line *line)
{
	size_t i;

	for (i = 0; i < GIVER_COUNT; i++) {
		if (!is_named(line->words.items[1].name, givers[i].module))
			continue;
		for_each(word, &line->words)
			if (word->value && !strcmp(word->name, givers[i].option))
				setting_add_given(settings, i, last, modprobe_place(path, line), line->text,
						  line->words.count == 3 ? remove_line(path, line) :
						  text_of("take %s= out of line %u of /%s", word->name, line->number, path),
						  word, &line->words);
	}
}

static void add_order(struct old_settings *settings, const char *path, const struct modprobe_line *line)
{
	for_each(word, &line->words)
		if (is_named(word->name, "vfio-pci")) {
			setting_add(settings, OLD_ORDER, modprobe_place(path, line), line->text, remove_line(path, line));
			return;
		}
}

/* install vfio-pci COMMAND...: what the command gives away itself, or a script that it runs */
static void read_install(const struct machine *machine, struct old_settings *settings, const char *path,
			 const struct modprobe_line *line)
{
	size_t here = settings->list.count;

	if (!is_named(line->words.items[1].name, "vfio-pci"))
		return;
	if (setting_add_literals(settings, modprobe_place(path, line), line->text, remove_line(path, line)))
		settings->list.items[here].too_late = true;
	else
		add_order(settings, path, line);
	for_each(word, &line->words) {
		const char *script = keep_bytes(word->name, strcspn(word->name, ";&|"));

		if (*script != '/' || find_in_script(machine, script + 1, true, settings))
			continue;
		settings->list.items[here].kind = OLD_DEVICES;
		strings_add(&settings->list.items[here].unclear, text_of("it runs %s", printable(script)));
	}
}

static void read_line(const struct machine *machine, struct old_settings *settings, struct last *last, const char *path,
		      const struct modprobe_line *line)
{
	const char *command = line->words.items[0].name;

	if (!strcmp(command, "options"))
		read_options(settings, last, path, line);
	else if (!strcmp(command, "install"))
		read_install(machine, settings, path, line);
	else if (!strcmp(command, "softdep") || (!strcmp(command, "alias") && text_begins(line->words.items[1].name, "pci:")))
		add_order(settings, path, line);
}

void find_in_modprobe(const struct machine *machine, struct old_settings *settings, struct last *last)
{
	struct modprobe_files files = modprobe_files(machine);

	for_each(file, &files) {
		struct modprobe_lines lines;
		int error = modprobe_lines(machine, file->path, &lines);

		if (error)
			settings_note_error(machine, file->path, error, settings);
		for_each(line, &lines)
			read_line(machine, settings, last, file->path, line);
	}
}
