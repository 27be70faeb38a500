/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boolean options of kernel modules: from modprobe.d, the kernel command line and sysfs to whether one is on. */
#include "module_option.h"
#include "modprobe_d.h"

#include "../../core/cmdline.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

/* As lib/kstrtox.c:kstrtobool() reads it; a bare word is true. */
static bool is_true(const char *value)
{
	return !value || (*value && strchr("yYtT1", *value)) || ((*value | 0x20) == 'o' && (value[1] | 0x20) == 'n');
}

bool module_is_built_in(const struct machine *machine, const char *module)
{
	/* only a module has a state */
	return root_exists(machine->fd, text_of("sys/module/%s", module)) &&
	       !root_exists(machine->fd, text_of("sys/module/%s/initstate", module));
}

/* The words of an "options" line behind the name of its module. */
static void look_in_line(const struct modprobe_line *line, const char *path, const char *module, const char *option,
			 const char **place)
{
	const struct kernel_word *command = line->words.items, *name = command + 1, *word;

	if (strcmp(command->name, "options") || !same_name(name->name, strlen(name->name), module))
		return;
	for (word = name + 1; word < command + line->words.count; word++)
		if (same_name(word->name, strlen(word->name), option))
			*place = is_true(word->value) ? modprobe_place(path, line) : NULL;
}

static const char *on_in_modprobe_d(const struct machine *machine, const char *module, const char *option)
{
	struct modprobe_files files = modprobe_files(machine);
	const char *place = NULL;

	for_each(file, &files) {
		struct modprobe_lines lines;

		modprobe_lines(machine, file->path, &lines);
		for_each(line, &lines)
			look_in_line(line, file->path, module, option, &place);
	}
	return place;
}

const char *module_option_on(const struct machine *machine, const struct cmdline *cmdline, const char *module,
			     const char *option)
{
	const char *file = text_of("sys/module/%s/parameters/%s", module, option), *now = root_attribute(machine->fd, file);
	const char *full = text_of("%s.%s", module, option), *place = NULL;

	if (now && *now == 'Y')
		place = text_of("/%s", file);
	if (!module_is_built_in(machine, module) && on_in_modprobe_d(machine, module, option))
		place = on_in_modprobe_d(machine, module, option);
	for_each(word, cmdline)
		if (!word->for_init && same_name(word->name, strlen(word->name), full))
			place = is_true(word->value) ? "the kernel command line" : NULL;
	return place;
}
