/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entries of systemd-boot: a file a kernel, with a line of options. */
#include "parts.h"

#include "../../machine/path.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

static const char *directory_of(const struct machine *machine)
{
	static const char *const directories[] = {
		"boot/loader/entries", "efi/loader/entries", "boot/efi/loader/entries",
	};
	size_t i;

	for (i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		struct strings names = { 0 };

		if (!root_list(machine->fd, directories[i], &names) && names.count)
			return directories[i];
	}
	return NULL;
}

static const char *line_of(const char *text)
{
	while (*text && !text_begins(text, "options")) {
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return *text ? text : NULL;
}

static const char *detect(const struct machine *machine)
{
	const char *directory = directory_of(machine);

	return directory ? text_of("/%s", directory) : NULL;
}

static struct strings lacking(const struct machine *machine, const char *parameter)
{
	struct strings names = { 0 }, places = { 0 };
	const char *directory = directory_of(machine);

	root_list(machine->fd, directory, &names);
	for_each(name, &names) {
		struct parameter_file file = { .path = text_of("%s/%s", directory, *name), .line_of = line_of };

		if (name_ends(*name, ".conf") && parameter_file_lacks(machine, &file, parameter))
			strings_add(&places, file.path);
	}
	return places;
}

/* An entry that is no longer there has no parameter to be changed. */
static enum change edit(const struct machine *machine, const char *place, const char *parameter, bool add)
{
	struct parameter_file file = { .path = place, .line_of = line_of };

	return root_exists(machine->fd, place) ? parameter_file_edit(machine, &file, parameter, add) : CHANGE_DONE;
}

static enum change add(const struct machine *machine, const char *place, const char *parameter, bool images)
{
	(void)images;
	return edit(machine, place, parameter, true);
}

static enum change take_out(const struct machine *machine, const char *place, const char *parameter, bool images)
{
	(void)images;
	return edit(machine, place, parameter, false);
}

const struct boot_loader boot_loader_entries = {
	.name = "entries", .detect = detect, .lacking = lacking, .add = add, .remove = take_out,
};
