/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fedora and its relatives: grubby edits the entries of all kernels. */
#include "parts.h"

#include "../../../core/root.h"
#include "../../../core/text.h"

static const char *detect(const struct machine *machine)
{
	return root_exists(machine->fd, "usr/sbin/grubby") || root_exists(machine->fd, "usr/bin/grubby") ? "grubby" : NULL;
}

static struct strings lacking(const struct machine *machine, const char *parameter)
{
	struct strings places = { 0 };

	(void)machine;
	(void)parameter;
	strings_add(&places, "all entries");
	return places;
}

static enum change add(const struct machine *machine, const char *place, const char *parameter, bool images)
{
	(void)place;
	(void)images;
	return have_made(machine, text_of("grubby --update-kernel=ALL --args=%s", parameter));
}

static enum change take_out(const struct machine *machine, const char *place, const char *parameter, bool images)
{
	(void)place;
	(void)images;
	return have_made(machine, text_of("grubby --update-kernel=ALL --remove-args=%s", parameter));
}

const struct boot_loader boot_loader_grubby = {
	.name = "grubby", .detect = detect, .lacking = lacking, .add = add, .remove = take_out,
};
