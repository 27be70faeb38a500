/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB as Debian has it: a file of ours in /etc/default/grub.d, read by update-grub. */
#include "parts.h"

#include "../../machine/write.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

#define GRUB_FILE "etc/default/grub.d/90-vfio-early.cfg"

static const char *detect(const struct machine *machine)
{
	return root_exists(machine->fd, "usr/sbin/update-grub") ? "/" GRUB_FILE : NULL;
}

static struct strings lacking(const struct machine *machine, const char *parameter)
{
	struct strings places = { 0 };

	(void)machine;
	(void)parameter;
	strings_add(&places, GRUB_FILE);
	return places;
}

static enum change make(const struct machine *machine, const char *place, const char *what, int error)
{
	if (error)
		return change_failed(machine, place, error);
	say("%s %s\n", what, machine_path(machine, place));
	return have_made(machine, "update-grub");
}

static enum change add(const struct machine *machine, const char *place, const char *parameter, bool images)
{
	const char *content = text_of(
		"# written by vfio-early enable --kernel-params, removed by disable --kernel-params\n"
		"GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX %s\"\n", parameter);

	(void)images;
	return make(machine, place, "wrote", write_ours(machine, place, content, strlen(content)));
}

static enum change remove_file(const struct machine *machine, const char *place, const char *parameter, bool images)
{
	(void)parameter;
	(void)images;
	return make(machine, place, "removed", remove_ours(machine, place));
}

const struct boot_loader boot_loader_grub = {
	.name = "grub", .detect = detect, .lacking = lacking, .add = add, .remove = remove_file,
};
