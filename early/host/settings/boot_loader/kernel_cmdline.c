/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /etc/kernel/cmdline: images, or boot entries, have the words in them that stand there when they are made. */
#include "parts.h"

#include "../../image/builders.h"
#include "../../../core/root.h"

#define CMDLINE_FILE "etc/kernel/cmdline"

/* The first that is no comment. */
static const char *line_of(const char *text)
{
	while (*text == '#' || *text == '\n') {
		while (*text && *text != '\n')
			text++;
		text += *text == '\n';
	}
	return text;
}

static const struct parameter_file file = { .path = CMDLINE_FILE, .line_of = line_of };

static const char *detect(const struct machine *machine)
{
	return root_exists(machine->fd, CMDLINE_FILE) ? "/" CMDLINE_FILE : NULL;
}

static struct strings lacking(const struct machine *machine, const char *parameter)
{
	struct strings places = { 0 };

	if (parameter_file_lacks(machine, &file, parameter))
		strings_add(&places, CMDLINE_FILE);
	return places;
}

static enum change edit(const struct machine *machine, const char *parameter, bool add, bool images)
{
	const char *command = rebuild_command(machine);
	enum change change = parameter_file_edit(machine, &file, parameter, add);

	if (change != CHANGE_DONE)
		return change;
	if (images && command) {
		say("%s ...\n", command);
		return have_made(machine, command);
	}
	say("it counts once the images are made anew\n");
	if (!images)
		return CHANGE_DONE;
	complain(EXIT_PROBLEM, "neither update-initramfs nor dracut is here: make the images anew");
	return CHANGE_FAILED;
}

static enum change add(const struct machine *machine, const char *place, const char *parameter, bool images)
{
	(void)place;
	return edit(machine, parameter, true, images);
}

static enum change take_out(const struct machine *machine, const char *place, const char *parameter, bool images)
{
	(void)place;
	return edit(machine, parameter, false, images);
}

const struct boot_loader boot_loader_kernel_cmdline = {
	.name = "kernel-cmdline", .detect = detect, .lacking = lacking, .add = add, .remove = take_out,
};
